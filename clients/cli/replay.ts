import { decideOffline } from './replay/offline'
import { table } from './replay/print'
import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { proposeAll } from './replay/send'
import { Trouble } from './shared/trouble'

export const summary = 'decide a trace of tool calls by a boundary, or propose it to a server'

const USAGE = `Usage: npx countersign replay TRACE.jsonl --boundary FILE [--catalogue FILE] [--baseline FILE] [--environment NAME] [--json]
       npx countersign replay TRACE.jsonl --send --server URL [--json]

Decides every call of a trace as the gate would, without a server. A line of a trace is
  {"tool": "server.name", "arguments": {…}, "run_id"?: "…", "at"?: "2027-03-31T09:30:00Z"}
and a line of a catalogue
  {"tool": "server.name", "class": {"access": "read" or "write", "reversible"?, "audience"?, "production"?, "spends"?}, "schema"?}
With --send every call is proposed to a running server by the agent whose credentials are in COUNTERSIGN_CLIENT_ID and
COUNTERSIGN_CLIENT_SECRET; nothing is executed, and what is held stays in the inbox.
--json prints a line per call: {"line", "decision", "reason": {"code", "rule"}}.
Exit: 0 every line was decided; 1 some line could not be read, or the server refused; 2 wrong usage.
`

const OPTIONS = {
  boundary: { type: 'string' },
  catalogue: { type: 'string' },
  baseline: { type: 'string' },
  environment: { type: 'string', default: 'production' },
  server: { type: 'string' },
  send: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `npx countersign replay`: answers the exit code. Never a stack: what is wrong is one sentence with its place. */
export async function run(args: string[], terminal: Terminal = ownTerminal()): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, OPTIONS)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    const [trace, ...rest] = positionals
    if (trace === undefined || rest.length > 0) throw new Trouble('Name one trace to replay.', 2)
    const { send, server, boundary, catalogue, baseline, environment, json } = values
    if (send === (boundary !== undefined)) throw new Trouble('Say either --boundary FILE, or --send --server URL.', 2)
    const emit = (line: string) => (json ? terminal.out(`${line}\n`) : undefined)
    const done = send
      ? await proposeAll(trace, server, emit)
      : await decideOffline(trace, { boundary: boundary ?? '', catalogue, baseline, environment }, emit)
    if (!json) terminal.out(table(done))
    for (const { line, field, detail } of done.faults) {
      terminal.error(`${trace}:${line}: ${field === '' ? '' : `${field}: `}${detail}\n`)
    }
    return done.faults.length > 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n${error.exit === 2 ? `\n${USAGE}` : ''}`)
    return error.exit
  }
}
