import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { command, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { Trouble } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'
import { Unreachable } from './watch/ask'
import { readCopies } from './watch/copies'
import { knowLog, type KnownLog } from './watch/known-log'
import { readOptions, WATCH_OPTIONS, type WatchOptions } from './watch/options'
import { visit, type Visited } from './watch/visit'
import { witness, witnessKey, witnessVkey } from './watch/witness'

const summary = 'keeps a ledger’s checkpoints on another machine and finds a fork, a rollback or its silence'

export const verb: Verb = {
  name: 'watch',
  summary,
  commands: [
    command({
      summary,
      places: [{ name: 'URL', says: 'the ledger: its console’s address' }],
      options: WATCH_OPTIONS,
      about: `Run it on a machine that the people who run the ledger do not hold. It fetches the ledger's last signed checkpoint, keeps a copy, and has the ledger prove that
it grew out of every copy it keeps. The proof is checked here: the ledger cannot talk its way out.\n\nA token for a ledger behind something that asks for one
goes in COUNTERSIGN_TOKEN. With --json every line is an event.`,
      examples: [
        'npx countersign watch https://countersign.example --once',
        'npx countersign watch https://countersign.example --witness witness.key --listen 0.0.0.0:7380',
      ],
      exits: {
        done: 'everything held',
        no: 'a fork, a rollback, no proof, a bad signature, or a stale checkpoint',
        unusable: 'it could not be watched: a wrong option, or a copy here that was changed',
        unreachable: 'the ledger does not answer; that is no evidence',
      },
      run: async ({ values, positionals: [address = ''] }, { env, stopping, say: told, event }) => {
        const say = (line: string) => {
          const at = new Date().toISOString()
          told(`${at} ${line}\n`)
          event({ event: 'said', at, says: line })
        }
        try {
          return await watched(readOptions(address, values, hostname(), env), say, stopping)
        } catch (error) {
          if (error instanceof Trouble) throw error
          const exit = error instanceof Unreachable ? EXITS.unreachable : EXITS.unusable
          throw new Trouble(`countersign watch: ${error instanceof Error ? error.message : String(error)}`, exit)
        }
      },
    }),
  ],
}
/** `npx countersign watch URL` */
export const run = runVerb(verb)

type Say = (line: string) => void

async function watched(options: WatchOptions, say: Say, stopping: AbortSignal): Promise<Outcome> {
  let close = () => Promise.resolve()
  try {
    readCopies(options.folder)
    const known = await knowLog(options.folder, options.vkey, options.log)
    say(trustSentence(known))
    if (options.witness) close = await openWitness(options, known, say)
    return await watch(options, known, say, stopping)
  } finally {
    await close()
  }
}

async function watch(options: WatchOptions, known: KnownLog, say: Say, stopping: AbortSignal): Promise<Outcome> {
  const found = (exit: Outcome['exit'], fault: string | null): Outcome => ({
    exit,
    result: { held: fault === null, fault },
  })
  const { log, folder, maxAge, once, every } = options
  let heard = Date.now()
  for (let all = true; !stopping.aborted; all = false) {
    try {
      const visited = await visit({ log, known, folder, all, maxAge, now: new Date() })
      say(visitSentence(visited))
      if (!visited.ok) return found(EXITS.no, visited.fault)
      heard = Date.now()
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      if (once) throw error
      say(`could not look: ${error.message}`)
      if (Date.now() - heard > maxAge * 1000) {
        say(
          `STALE: the log was not heard of for ${Math.floor((Date.now() - heard) / 1000)} s, and ${maxAge} s is the limit.`,
        )
        return found(EXITS.no, 'stale')
      }
    }
    if (once) return found(EXITS.done, null)
    await sleep(every * 1000, undefined, { signal: stopping }).catch(() => undefined)
  }
  return found(EXITS.done, null)
}

async function openWitness(
  { witness: given, folder }: WatchOptions,
  known: KnownLog,
  say: Say,
): Promise<() => Promise<void>> {
  if (!given) return () => Promise.resolve()
  const key = witnessKey(given.keyFile, given.name)
  const server = witness(folder, known, key, say)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(given.port, given.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  say(`witness at http://${given.host}:${port}/ as ${witnessVkey(key)}`)
  return () =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => {
        resolve()
      })
    })
}

function trustSentence({ verifiers, trust }: KnownLog): string {
  const name = verifiers[0]?.name ?? ''
  if (trust === 'first_use') return `trusting the key that ${name} shows now; compare it with one you got another way`
  return `watching ${name} by the key ${trust === 'given' ? 'given' : 'kept here'}`
}

function visitSentence(visited: Visited): string {
  if (!visited.ok) {
    const where = visited.evidence === null ? '' : ` What it showed is kept in ${path.basename(visited.evidence)}.`
    return `${visited.fault.toUpperCase().replace('_', ' ')}: ${visited.says}.${where}`
  }
  if (visited.nothingYet) return 'the log has signed nothing yet'
  const { size, before, compared, age } = visited
  const grew = size === before ? `${size} entries as before` : `${size} entries, ${size - before} more`
  const held =
    compared === 0
      ? 'the first one kept'
      : `consistent with ${compared} kept ${compared === 1 ? 'checkpoint' : 'checkpoints'}`
  return `${grew}; ${held}; ${age === null ? 'it does not say when it was signed' : `signed ${age} s ago`}`
}
