// Builds what `npm start` serves, when sources changed: the Prisma client, the pages (Next), the server and the command line.
import './check-node.mjs'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { compressAssets } from './compress.mjs'
import { runChild } from './child.mjs'
import { giveUp, sentence, step } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')
const stamp = path.join(root, 'dist/.stamp')
const SOURCES = [
  'app',
  'components',
  'lib',
  'clients',
  'prisma',
  'public',
  'bin/build.mjs',
  'bin/compress.mjs',
  'server.ts',
  'next.config.js',
]
const CONFIGS = ['postcss.config.mjs', 'tsconfig.json', 'package-lock.json']
const isTest = (file) => /\.test\.tsx?$/.test(file) || file.startsWith('lib/db/generated/')

/** A digest of every file that goes into the build. */
export function fingerprint() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0])
  for (const file of [...SOURCES, ...CONFIGS].flatMap(files).sort()) {
    if (!isTest(file))
      hash
        .update(`${file}\0`)
        .update(fs.readFileSync(path.join(root, file)))
        .update('\0')
  }
  return hash.digest('hex')
}

function files(name) {
  const stat = fs.statSync(path.join(root, name), { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (stat.isFile()) return [name]
  return fs.readdirSync(path.join(root, name)).flatMap((entry) => files(`${name}/${entry}`))
}

/** Whether the last build is of these sources and still there. */
export function built(print = fingerprint()) {
  const next = path.join(root, '.next/BUILD_ID')
  return fs.existsSync(next) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === print
}

/** Runs a program of node_modules; its output is shown only when it fails. */
async function run(what, script, args) {
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1' }
  const { code, output } = await runChild(process.execPath, [path.join(root, script), ...args], { cwd: root, env })
  if (code === 0) return
  if (output.includes('ENOSPC')) throw sentence('No space is left on the disk for the build: free about 1 GB.')
  throw sentence(`${what} could not be built:\n${output.trim()}`)
}

/** One bundle per entry, dependencies left where they are (DESIGN §3). */
async function bundle(entryPoints, out, more = {}) {
  const { build } = await import('esbuild')
  const options = {
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    splitting: true,
  }
  try {
    await build({
      ...options,
      absWorkingDir: root,
      entryPoints,
      outdir: out,
      chunkNames: 'chunk-[hash]',
      sourcemap: 'linked',
      logLevel: 'silent',
      ...more,
    })
  } catch (error) {
    throw sentence(`The server could not be built:\n${error.message}`)
  }
}

export const generateClient = () => run('The database client', 'bin/generate.mjs', [])

/** The command line alone: each verb is `clients/cli/VERB.ts`; `shared/main.ts` finds the one that is asked for. */
export async function buildCommands() {
  await generateClient()
  const folder = path.join(root, 'clients/cli')
  const verbs = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((file) => file.endsWith('.ts') && !isTest(file))
    : []
  fs.rmSync(path.join(root, 'dist/cli'), { recursive: true, force: true })
  if (verbs.length > 0)
    await bundle([...verbs.map((file) => `clients/cli/${file}`), 'clients/cli/shared/main.ts'], 'dist/cli')
  // The verifier as one file, for machines that have nothing of this but Node.
  await bundle([{ in: 'clients/verifier/main.ts', out: 'countersign-verify' }], 'dist/verifier', {
    splitting: false,
    sourcemap: false,
    outExtension: { '.js': '.mjs' },
  })
}

/** Builds everything. The stamp comes last: an interrupted build is not a build. */
export async function buildAll() {
  const print = fingerprint()
  fs.rmSync(stamp, { force: true })
  await generateClient()
  const pages = run('The console', 'node_modules/next/dist/bin/next', ['build'])
  const compressed = pages.then(() => compressAssets(path.join(root, '.next/static')))
  const programs = ['server.ts', 'prisma/scenarios/demo/demo.ts', 'prisma/scenarios/certification/certification.ts']
  await Promise.all([compressed, bundle(programs, 'dist'), buildCommands()])
  // esbuild's helper would live as long as the server that this process becomes.
  await (await import('esbuild')).stop()
  fs.writeFileSync(stamp, print)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await step('build', async () => {
    if (built()) return 'up to date'
    await buildAll()
    return 'made'
  }).catch(giveUp)
}
