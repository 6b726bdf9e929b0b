import { canary, CANARY_BOUNDARY, CANARY_CATALOGUE } from '../canary/canary'
import { CountersignClient } from '../sdk/client'
import { agentCredential } from './shared/agent-credential'
import { command } from './shared/command'
import { EXITS } from './shared/exits'
import { SERVER, serverOf } from './shared/options'
import { usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

export const verb: Verb = {
  name: 'canary',
  summary: 'runs the canary: a harmless agent that confirms halts and rehearsals',
  commands: [
    command({
      summary: 'runs the canary: a harmless agent that confirms halts and rehearsals',
      options: {
        server: SERVER,
        every: { type: 'string', value: 'SECONDS', default: '30', says: 'between two beats, from 1 to 3600 (30)' },
        boundary: { type: 'boolean', default: false, says: 'prints the boundary to sign for it, and ends' },
        catalogue: { type: 'boolean', default: false, says: 'prints its line of the catalogue, and ends' },
      },
      about: `Holds the stream of halts, proposes a harmless read at every beat, stops for halts and confirms them, and confirms rehearsals. Runs until
it is stopped. COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET hold its credential. With --json every beat is an event.`,
      examples: [
        'npx countersign canary --boundary',
        'COUNTERSIGN_CLIENT_ID=… COUNTERSIGN_CLIENT_SECRET=… npx countersign canary --server http://localhost:3000',
      ],
      exits: { done: 'it was told to stop', signed_out: 'no credential' },
      run: async ({ values }, { env, say, event, stopping }) => {
        if (values.boundary || values.catalogue) {
          const result = values.boundary ? { boundary: CANARY_BOUNDARY } : { catalogue: CANARY_CATALOGUE }
          const text = values.boundary ? CANARY_BOUNDARY : `${JSON.stringify(CANARY_CATALOGUE)}\n`
          return { exit: EXITS.done, result, text }
        }
        const every = Number(values.every)
        if (!(every >= 1 && every <= 3_600)) throw usage('--every takes seconds, from 1 to 3600.')
        const server = serverOf(values.server, env)
        const told = (line: string) => {
          const at = new Date().toISOString()
          say(`${at} ${line}\n`)
          event({ event: 'said', at, says: line })
        }
        const client = new CountersignClient({ server, ...agentCredential(env), signal: stopping })
        told(`beats every ${every} s at ${server}`)
        await canary(client, { everyMs: every * 1_000, say: told }, stopping)
        return { exit: EXITS.done, result: {} }
      },
    }),
  ],
}
/** `npx countersign canary` */
export const run = runVerb(verb)
