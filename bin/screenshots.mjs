// `npm run screenshots`: takes the README's pictures of the running demo anew, after a change to how pages look.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = path.resolve(import.meta.dirname, '..')
const outfile = path.join(root, 'dist/screenshots/screenshots.js')
await build({
  absWorkingDir: root,
  entryPoints: ['prisma/scenarios/screenshots.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
})
const { screenshots } = await import(pathToFileURL(outfile).href)
await screenshots(root)
