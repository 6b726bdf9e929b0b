// Builds `@countersign/sdk` as it is published, and packs it: `node bin/sdk.mjs [--out FOLDER]` (dist/sdk; the tarball lies beside it). One
// ES module and one declaration a source file, with the endings that Node and TypeScript ask for; the last line is the tarball's path.
import './check-node.mjs'
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import ts from 'typescript'
import { runChild } from './child.mjs'
import { giveUp, say, sentence } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')
const source = path.join(root, 'clients/sdk')
const { options } = ts.convertCompilerOptionsFromJson(
  {
    ...ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile).config.compilerOptions,
    ...{
      target: 'es2022',
      noEmit: false,
      declaration: true,
      incremental: false,
      plugins: [],
      paths: {},
      skipLibCheck: true,
    },
  },
  root,
)

/** Relative imports with `.js`, which the sources leave out. */
const withEndings = (context) => (file) => {
  const { factory } = context
  const ended = (specifier) =>
    specifier !== undefined && specifier.text.startsWith('.')
      ? factory.createStringLiteral(`${specifier.text}.js`, true)
      : specifier
  const visit = (node) => {
    if (ts.isImportDeclaration(node))
      return factory.updateImportDeclaration(
        node,
        node.modifiers,
        node.importClause,
        ended(node.moduleSpecifier),
        node.attributes,
      )
    if (ts.isExportDeclaration(node))
      return factory.updateExportDeclaration(
        node,
        node.modifiers,
        node.isTypeOnly,
        node.exportClause,
        ended(node.moduleSpecifier),
        node.attributes,
      )
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const argument = factory.createLiteralTypeNode(ended(node.argument.literal))
      return factory.updateImportTypeNode(
        node,
        argument,
        node.attributes,
        node.qualifier,
        node.typeArguments,
        node.isTypeOf,
      )
    }
    return ts.visitEachChild(node, visit, context)
  }
  return ts.visitEachChild(file, visit, context)
}

/** Compiles what the entries of package.json reach. @throws where it does not type-check, or reaches out of its folder */
function compile(out, entries) {
  const program = ts.createProgram(
    entries.map((entry) => path.join(source, entry)),
    { ...options, rootDir: source, outDir: out },
  )
  const emitted = program.emit(undefined, undefined, undefined, false, {
    after: [withEndings],
    afterDeclarations: [withEndings],
  })
  const wrong = [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics]
  if (wrong.length === 0) return
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }
  throw sentence(`The SDK could not be built:\n${ts.formatDiagnostics(wrong, host)}`)
}

async function main() {
  const { out } = parseArgs({ options: { out: { type: 'string', default: path.join(root, 'dist/sdk') } } }).values
  const { scripts: _, ...manifest } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'))
  const entries = Object.values(manifest.exports).flatMap(({ default: file }) =>
    file === undefined ? [] : [file.replace(/\.js$/, '.ts')],
  )
  fs.rmSync(out, { recursive: true, force: true })
  fs.mkdirSync(out, { recursive: true })
  compile(out, entries)
  fs.writeFileSync(path.join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  fs.copyFileSync(path.join(source, 'README.md'), path.join(out, 'README.md'))
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(out, 'LICENSE'))
  const beside = path.dirname(path.resolve(out))
  const { code, output } = await runChild(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', beside],
    { cwd: out },
  )
  if (code !== 0) throw sentence(`The SDK could not be packed:\n${output}`)
  say(path.join(beside, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`))
}

await main().catch(giveUp)
