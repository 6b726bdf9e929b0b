import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A request that was asked and whose command has not begun: the run it was asked in, and its idempotency key. */
export type Left = { run: string; key: string }

/** What one `exec` keeps on this machine until its command begins, so that the same `exec`, started again, finds its request (ADR 0058). */
export type Keeper = {
  /** what a process that is gone left of the same request; null where there is nothing */
  left: Left | null
  /** keeps what is asked now */
  keep: (left: Left) => void
  /** forgets it: the command begins, or nothing will come of it. @throws Error where that cannot be: then it must not begin */
  forget: () => void
}

/** What a key is good for at the server, in milliseconds: nothing older is of use. */
const OLDEST_MS = 24 * 3_600_000

/** Where it is kept: under `$XDG_STATE_HOME`, else `~/.local/state` (XDG Base Directory 0.8). */
export function leftFolder(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['XDG_STATE_HOME']
  // a relative one is to be ignored, the specification says
  const folder =
    given !== undefined && path.isAbsolute(given) ? given : path.join(env['HOME'] || os.homedir(), '.local', 'state')
  return path.join(folder, 'countersign', 'exec')
}

/**
 * Takes up what an `exec` of the same request left when it was killed. A file is named by the request, the process that has it and a word of its own, so
 * that taking it is one rename, which only one of two succeeds in; what a living process has is left to it. Where nothing can be kept, nothing is: then
 * the request, asked again, is another.
 * @param request what makes two of them the same
 */
export function keeperOf(folder: string, request: readonly unknown[]): Keeper {
  const name = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 32)
  const owner = ignoring(me)
  if (owner === null) return { left: null, keep: () => undefined, forget: () => undefined }
  const file = path.join(folder, `${name}.${owner}.${randomUUID()}`)
  const left = taken(folder, name, file)
  let there = left !== null
  return {
    left,
    keep: (asked) => {
      ignoring(() => {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
        fs.writeFileSync(file, JSON.stringify(asked), { mode: 0o600 })
        there = true
      })
    },
    forget: () => {
      if (there) fs.rmSync(file, { force: true })
      there = false
    },
  }
}

function taken(folder: string, name: string, file: string): Left | null {
  for (const each of ignoring(() => fs.readdirSync(folder).sort()) ?? []) {
    const [request = '', owner = ''] = each.split('.')
    const old = path.join(folder, each)
    if (!isGone(owner)) continue
    const read = ignoring(() => {
      if (Date.now() - fs.statSync(old).mtimeMs > OLDEST_MS) fs.rmSync(old, { force: true })
      else if (request === name) {
        fs.renameSync(old, file)
        const left = ignoring(() => leftIn(fs.readFileSync(file, 'utf8')))
        if (left === null) fs.rmSync(file, { force: true })
        return left
      }
      return null
    })
    if (read) return read
  }
  return null
}

function leftIn(text: string): Left | null {
  const { run, key } = JSON.parse(text) as Partial<Left>
  return typeof run === 'string' && typeof key === 'string' ? { run, key } : null
}

/** This process in one word: its machine, since when that runs, its namespace of processes, its number and when it began. */
function me(): string {
  return `${place()}-${String(process.pid)}-${beganAt(process.pid) ?? ''}`
}

/** A home may be shared by several machines, and a machine by several containers. */
function place(): string {
  const machine = `${os.hostname()} ${ignoring(() => fs.readFileSync('/etc/machine-id', 'utf8')) ?? ''}`
  const named = createHash('sha256').update(machine).digest('hex').slice(0, 16)
  const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().replaceAll('-', '')
  return `${named}-${boot}-${/[0-9]+/.exec(fs.readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''}`
}

/** Whether whoever has a file is surely gone. On another machine, and in another namespace of this one, it may well be alive. */
function isGone(owner: string): boolean {
  const [machine, boot, namespace, pid, began] = owner.split('-')
  const [here, since, ours] = place().split('-')
  if (machine !== here || began === undefined) return false
  return boot !== since || (namespace === ours && beganAt(Number(pid)) !== began)
}

/** When a process began, in ticks since the machine did (`stat`, proc(5)); null where there is none, or only its exit code is left. */
function beganAt(pid: number): string | null {
  const fields =
    ignoring(() =>
      fs
        .readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' '),
    ) ?? []
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
}

function ignoring<T>(act: () => T): T | null {
  try {
    return act()
  } catch {
    return null
  }
}
