// `npm run bench -- [names]`: measures what the design sets budgets for, each as a ratio against its ceiling in the same run, as a table
// and as `.data/bench.json`. Timings belong here and never into tests: machines differ, and ratios only a little.
import './check-node.mjs'
import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare } from './start.mjs'
import { giveUp, sentence } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')
const sections = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.startsWith('of-') && file.endsWith('.ts'))
  .map((file) => file.slice(3, -3))
  .sort()

async function bench(names) {
  const unknown = names.find((name) => !sections.includes(name))
  if (unknown !== undefined) throw sentence(`There is no bench called ${unknown}. There are: ${sections.join(', ')}.`)
  await prepare()
  const { build } = await import('esbuild')
  const outdir = path.join(root, 'dist/bench')
  mkdirSync(outdir, { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/bench.ts', 'bench/bare-sockets.ts', ...sections.map((name) => `bench/of-${name}.ts`)],
    outdir,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  })
  const { runBench } = await import(pathToFileURL(path.join(outdir, 'bench.js')).href)
  const asked = names.length === 0 ? sections : names
  const ok = await runBench(root, asked, (name) => import(pathToFileURL(path.join(outdir, `of-${name}.js`)).href))
  process.exit(ok ? 0 : 1)
}

await bench(process.argv.slice(2)).catch(giveUp)
