import { parseArgs } from 'node:util'
import { checkBundle } from './command'

// The verifier as one file for an auditor's own machine: `node countersign-verify.mjs BUNDLE.zip --vkey KEY`.
const USAGE = 'Usage: node countersign-verify.mjs BUNDLE.zip [--vkey KEY] [--sample N --seed TEXT] [--json]\n'

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      vkey: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
    },
  })
  const [file, more] = positionals
  if (file === undefined || more !== undefined) {
    process.stderr.write(USAGE)
    process.exitCode = 2
  } else {
    process.exitCode = await checkBundle(file, values)
  }
} catch (error) {
  process.stderr.write(`countersign-verify: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
