import { parseArgs } from 'node:util'
import { canary, CANARY_BOUNDARY, CANARY_CATALOGUE } from '../canary/canary'
import { CountersignClient } from '../sdk/client'

export const summary = 'runs the canary: a harmless agent that confirms halts and rehearsals'

const USAGE = `Usage: COUNTERSIGN_CLIENT_ID=… COUNTERSIGN_CLIENT_SECRET=… npx countersign canary --server URL [--every SECONDS]
       npx countersign canary --boundary     prints the boundary to sign for it
       npx countersign canary --catalogue    prints its line of the catalogue

Holds the stream of halts, proposes a harmless read every 30 seconds, stops for halts and confirms them, and confirms rehearsals.
`

/** `npx countersign canary`: answers the exit code: 0 it was told to stop, 2 it could not begin. */
export async function run(args: string[], stopping: AbortSignal = onInterrupt()): Promise<number> {
  const options = read(args)
  if (options === null) {
    process.stderr.write(USAGE)
    return 2
  }
  if (options.help) {
    process.stdout.write(USAGE)
    return 0
  }
  if (options.boundary || options.catalogue) {
    process.stdout.write(options.boundary ? CANARY_BOUNDARY : `${JSON.stringify(CANARY_CATALOGUE)}\n`)
    return 0
  }
  const { server, every } = options
  const [clientId, clientSecret] = [process.env.COUNTERSIGN_CLIENT_ID, process.env.COUNTERSIGN_CLIENT_SECRET]
  if (server === undefined || !clientId || !clientSecret) {
    process.stderr.write(`countersign canary: --server and both variables are needed.\n${USAGE}`)
    return 2
  }
  const client = new CountersignClient({ server, clientId, clientSecret, signal: stopping })
  say(`beats every ${every} s at ${server}`)
  await canary(client, { everyMs: every * 1_000, say }, stopping)
  return 0
}

function read(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        server: { type: 'string' },
        every: { type: 'string', default: '30' },
        boundary: { type: 'boolean', default: false },
        catalogue: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const every = Number(values.every)
    if (!(every >= 1 && every <= 3_600)) throw new Error('--every takes seconds, from 1 to 3600.')
    if (values.server !== undefined && !URL.canParse(values.server)) throw new Error('--server takes a URL.')
    return { ...values, every }
  } catch (error) {
    process.stderr.write(`countersign canary: ${error instanceof Error ? error.message : String(error)}\n`)
    return null
  }
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`)
}

function onInterrupt(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stopping.abort()
    })
  return stopping.signal
}
