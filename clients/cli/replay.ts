import { decideOffline, type Done } from './replay/offline'
import { table } from './replay/print'
import { proposeAll } from './replay/send'
import { agentCredential } from './shared/agent-credential'
import { command, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { SERVER, serverOf } from './shared/options'
import { usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const summary = 'decides a trace of tool calls by a boundary, or proposes it to a server'
const FILE = { type: 'string', value: 'FILE', offers: 'file' } as const

export const verb: Verb = {
  name: 'replay',
  summary,
  commands: [
    command({
      summary,
      places: [{ name: 'TRACE.jsonl', says: 'calls, a line each', offers: 'file' }],
      options: {
        boundary: { ...FILE, says: 'decides by it, without a server' },
        catalogue: { ...FILE, says: 'tools with their classes' },
        baseline: { ...FILE, says: 'the organisation’s, which applies too' },
        environment: { type: 'string', value: 'NAME', default: 'production', says: 'the agent’s (production)' },
        send: { type: 'boolean', default: false, says: 'proposes every call to a running server instead' },
        server: SERVER,
      },
      about: `Decides every call of a trace as the gate would. A line of a trace is {"tool": "server.name", "arguments": {…}, "run_id"?: "…", "at"?:
"2027-03-31T09:30:00Z"}; a line of a catalogue {"tool": "server.name", "class": {"access": "read" or "write", "reversible"?, "audience"?,
"production"?, "spends"?}, "schema"?}.\n\nWith --send the agent proposes whose credential is in COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET;
nothing is executed, and what is held stays in the inbox.\n\nJSON: an event per call, {"event": "call", "line", "decision", "reason": {"code", "rule"}};
then {"calls", "allow", "hold", "forbid", "faults"}.`,
      examples: [
        'npx countersign replay trace.jsonl --boundary boundary.yaml --catalogue catalogue.jsonl',
        'npx countersign replay trace.jsonl --send --server http://localhost:3000',
      ],
      exits: {
        done: 'every line was decided',
        no: 'some line could not be read, or the server refused one',
        signed_out: 'no credential, or one that is not good any more',
        unreachable: 'the server does not answer',
      },
      run: async ({ values, positionals: [trace = ''] }, { env, note, event }) => {
        const { send, boundary, catalogue, baseline, environment } = values
        if (send === (boundary !== undefined)) throw usage('Say either --boundary FILE, or --send --server URL.')
        const done = send
          ? await proposeAll(trace, { server: serverOf(values.server, env), ...agentCredential(env) }, event)
          : await decideOffline(trace, { boundary: boundary ?? '', catalogue, baseline, environment }, event)
        for (const { line, field, detail } of done.faults)
          note(`${trace}:${line}: ${field === '' ? '' : `${field}: `}${detail}\n`)
        return outcome(done)
      },
    }),
  ],
}
/** `npx countersign replay` */
export const run = runVerb(verb)

function outcome(done: Done): Outcome {
  const count = (decision: string) => done.judged.filter((each) => each.decision === decision).length
  const faults = done.faults.map(({ line, field, detail }) => ({ line, field, detail }))
  return {
    exit: faults.length > 0 ? EXITS.no : EXITS.done,
    result: { calls: done.judged.length, allow: count('allow'), hold: count('hold'), forbid: count('forbid'), faults },
    text: table(done),
  }
}
