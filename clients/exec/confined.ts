import { spawn, type SpawnOptions } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Confinement } from './confinement'
import type { Reached } from './egress'
import { prepare, type Runtime } from './runtime'
import { type Beyond, watchUsage } from './usage'

/** One stream of a command: the digest of every byte of it, and how many there were. `kept`: the beginning as text, where it was asked for. */
export type Told = { digest: string; bytes: number; kept?: string; cut?: true }

/** How a sandboxed command ended. `stopped`: what ended it, where it did not end by itself. */
export type Ended = {
  code: number
  stopped: 'time' | 'signal' | Beyond | null
  stdout: Told
  stderr: Told
  reached: Reached[]
  ms: number
}

/** How much of what it says is passed on, and kept. How much it may have is its confinement's. */
export type Limits = {
  /** how many bytes of each stream are passed on; the rest is counted and digested */
  passed: number
  /** how many of each are kept for the outcome */
  kept: number
}

/** Takes what a command says. Where it answers a promise, nothing more is read until that has settled. */
export type Pass = (chunk: Buffer) => void | Promise<void>

/** `stdin`: what it is given to read, passed on and never handed down: a terminal could be written to and set by whoever has it. */
export type Streams = { stdin?: Readable; out: Pass; error: Pass }

/**
 * Runs a command in a sandbox and waits until it and whatever it started has ended. The signal, the end of its time, and having more than it may kill its whole
 * process group at once; its process namespace dies with it. Nothing but its three streams is handed down.
 * @throws Error when the sandbox cannot be made: then nothing has run
 */
export async function runConfined(
  runtime: Pick<Runtime, 'name'>,
  confinement: Confinement,
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  limits: Limits,
  streams: Streams,
  signal: AbortSignal,
): Promise<Ended> {
  signal.throwIfAborted()
  const { file, args, env: own, egress, undo } = await prepare(runtime, confinement, command, env)
  try {
    signal.throwIfAborted()
    const began = performance.now()
    const nothing = fs.openSync('/dev/null', 'r')
    const options: SpawnOptions = {
      cwd: confinement.workspace,
      env: own as NodeJS.ProcessEnv, // Next's types demand a variable of every environment
      detached: true,
      stdio: [streams.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...covered(nothing)],
    }
    const child = spawn(file, args, options)
    fs.closeSync(nothing)
    const { stdout: out, stderr: error } = child
    if (out === null || error === null) throw new Error('It has no streams.')
    let stopped: Ended['stopped'] = null
    const told = [listen(out, streams.out, limits), listen(error, streams.error, limits)] as const
    const kill = (why: NonNullable<Ended['stopped']>) => {
      stopped ??= why
      // whoever does not take what it says does not keep it alive
      for (const each of told) each.hurry()
      if (child.pid !== undefined) killGroup(child.pid)
    }
    const onSignal = () => {
      kill('signal')
    }
    const timer = setTimeout(() => {
      kill('time')
    }, confinement.bounds.time)
    const unwatched = child.pid === undefined ? () => undefined : watchUsage(child.pid, confinement.bounds, kill)
    signal.addEventListener('abort', onSignal, { once: true })
    const unread = streams.stdin && child.stdin ? given(streams.stdin, child.stdin) : () => undefined
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', (exit, by) => {
          resolve(exit ?? 128 + (by === null ? 0 : constants.signals[by]))
        })
      })
      const ms = Math.round(performance.now() - began)
      const [stdout, stderr] = await Promise.all(told.map((each) => each.ended))
      if (!stdout || !stderr) throw new Error('unreachable')
      return { code, stopped, stdout, stderr, reached: egress?.reached() ?? [], ms }
    } finally {
      clearTimeout(timer)
      unwatched()
      unread()
      signal.removeEventListener('abort', onSignal)
      if (child.pid !== undefined) killGroup(child.pid)
    }
  } finally {
    await undo()
  }
}

const CLOSES = 0o2000000
const HIGHEST_COVERED = 4_096

/**
 * What whoever started this process left open reaches its children where it is not marked to close: each such descriptor is covered with
 * /dev/null, and so is whatever lies between.
 * @throws Error for one that is too high to be covered: then nothing runs
 */
function covered(nothing: number): number[] {
  const open = fs.readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const flags = /^flags:\s+([0-7]+)$/m.exec(fs.readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1]
      return (Number.parseInt(flags ?? '0', 8) & CLOSES) === 0 ? [Number(name)] : []
    } catch {
      return [] // it was the listing's own
    }
  })
  const highest = Math.max(2, ...open)
  if (highest > HIGHEST_COVERED)
    throw new Error(`Descriptor ${String(highest)} was left open by whoever started this. Close it.`)
  return Array.from({ length: highest - 2 }, () => nothing)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}

/** Passes on what there is to read; answers what ends that. */
function given(from: Readable, to: Writable): () => void {
  // it may end without having read everything
  to.on('error', () => undefined)
  from.pipe(to)
  return () => {
    from.unpipe(to)
    from.pause()
  }
}

type Listened = { ended: Promise<Told>; /** from now on it is read to its end whoever takes it */ hurry: () => void }

/** Digests a stream to its end. Whoever still holds it open once the command has ended is dead, or no longer listened to. */
function listen(stream: Readable, pass: Pass, { passed, kept }: Limits): Listened {
  const hash = createHash('sha256')
  const beginning: Buffer[] = []
  let bytes = 0
  let hurried = false
  let hurry: () => void = () => undefined
  const hurrying = new Promise<void>((resolve) => (hurry = resolve))
  let taking: Promise<void> | undefined
  stream.on('data', (chunk: Buffer) => {
    hash.update(chunk)
    const part = bytes < passed && !hurried ? chunk.subarray(0, passed - bytes) : undefined
    if (bytes < kept) beginning.push(chunk.subarray(0, kept - bytes))
    bytes += chunk.length
    if (part === undefined) return
    // once the program has ended, Node reads on whoever paused (`flushStdio`): what was still in the pipe waits its turn
    const taken = taking === undefined ? pass(part) : taking.then(() => (hurried ? undefined : pass(part)))
    if (taken === undefined) return
    stream.pause()
    const turn = taken.finally(() => {
      if (taking !== turn) return
      taking = undefined
      stream.resume()
    })
    taking = turn
  })
  const closed = new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.once('error', () => {
      resolve()
    })
  })
  // all of it is taken before it counts as ended, unless nobody may wait for that any more
  const ended = closed.then(() => Promise.race([taking, hurrying]))
  return {
    hurry: () => {
      hurried = true
      hurry()
      stream.resume()
    },
    ended: ended.then(() => ({
      digest: `sha256:${hash.digest('hex')}`,
      bytes,
      ...(kept > 0 && { kept: Buffer.concat(beginning).toString('utf8').replaceAll('\0', '\uFFFD') }),
      ...(bytes > Math.min(passed, kept === 0 ? passed : kept) && { cut: true as const }),
    })),
  }
}
