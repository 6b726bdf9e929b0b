import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from './watch/ask'
import { readCopies } from './watch/copies'
import { knowLog, type KnownLog } from './watch/known-log'
import { readOptions, USAGE, type WatchOptions } from './watch/options'
import { visit, type Visited } from './watch/visit'
import { witness, witnessKey, witnessVkey } from './watch/witness'

export const summary = 'keeps a ledger’s checkpoints on another machine and finds a fork, a rollback or its silence'

/**
 * `npx countersign watch URL`: answers the exit code: 0 everything held, 1 evidence against the log (or its silence), 2 it could not be
 * watched. Prints a line for what it does.
 */
export async function run(args: string[], stopping: AbortSignal = onInterrupt()): Promise<number> {
  let close = () => Promise.resolve()
  try {
    const options = readOptions(args, hostname())
    if (options === null) {
      process.stdout.write(USAGE)
      return 0
    }
    readCopies(options.folder)
    const known = await knowLog(options.folder, options.vkey, options.log)
    say(trustSentence(known))
    if (options.witness) close = await openWitness(options, known)
    return await watch(options, known, stopping)
  } catch (error) {
    process.stderr.write(`countersign watch: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  } finally {
    await close()
  }
}

async function watch(options: WatchOptions, known: KnownLog, stopping: AbortSignal): Promise<number> {
  const { log, folder, maxAge, once, every } = options
  let heard = Date.now()
  for (let all = true; !stopping.aborted; all = false) {
    try {
      const visited = await visit({ log, known, folder, all, maxAge, now: new Date() })
      say(visitSentence(visited))
      if (!visited.ok) return 1
      heard = Date.now()
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      if (once) throw error
      say(`could not look: ${error.message}`)
      if (Date.now() - heard > maxAge * 1000) {
        say(
          `STALE: the log was not heard of for ${Math.floor((Date.now() - heard) / 1000)} s, and ${maxAge} s is the limit.`,
        )
        return 1
      }
    }
    if (once) return 0
    await sleep(every * 1000, undefined, { signal: stopping }).catch(() => undefined)
  }
  return 0
}

async function openWitness({ witness: given, folder }: WatchOptions, known: KnownLog): Promise<() => Promise<void>> {
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
