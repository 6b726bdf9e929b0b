import { build } from 'esbuild'
import { pathToFileURL } from 'node:url'
const root='/work/wt/trials'; const outdir=root+'/dist/bench'
await build({absWorkingDir:root,entryPoints:['bench/bench.ts','bench/of-simulate.ts'],outdir,bundle:true,splitting:true,packages:'external',platform:'node',format:'esm',target:'node20',logLevel:'warning'})
const {runBench}=await import(pathToFileURL(outdir+'/bench.js').href)
await runBench(root,['simulate'],(n)=>import(pathToFileURL(outdir+`/of-${n}.js`).href))
process.exit(0)
