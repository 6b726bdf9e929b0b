import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Environment } from './command'
import { EXITS } from './exits'
import { Trouble } from './trouble'

/** A login as it is kept on this machine: the token, when it ends, and whose it is. */
export type Login = { token: string; expires_at: string; person: string }
type Kept = { version: 1; servers: Record<string, Login> }

const OPEN_TO_OTHERS = 0o077

/** Where logins are kept: under `$XDG_CONFIG_HOME`, else `~/.config` (XDG Base Directory 0.8). */
export function loginsFile(env: Environment): string {
  const given = env.XDG_CONFIG_HOME
  // a relative one is to be ignored, the specification says
  const folder = given !== undefined && path.isAbsolute(given) ? given : path.join(env.HOME || os.homedir(), '.config')
  return path.join(folder, 'countersign', 'logins.json')
}

/** The logins of this machine by origin. @throws Trouble where the file is open to others, or is none of ours */
export function readLogins(env: Environment): Record<string, Login> {
  const file = loginsFile(env)
  let text: string
  try {
    const { mode } = statSync(file)
    if (process.platform !== 'win32' && (mode & OPEN_TO_OTHERS) !== 0)
      throw new Trouble(
        `${file} can be read by others on this machine: chmod 600 ${file}, and log in again.`,
        EXITS.unusable,
      )
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Trouble) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new Trouble(`${file} cannot be read.`, EXITS.unusable)
  }
  const kept = parsed(text)
  if (kept === null) throw new Trouble(`${file} is none of ours: move it away, and log in again.`, EXITS.unusable)
  return kept.servers
}

/** Keeps a login, or forgets one. The file is replaced as a whole, and nobody but its owner reads it (0600, in a folder of 0700). */
export function keepLogin(env: Environment, origin: string, login: Login | null): void {
  const servers = { ...readLogins(env) }
  const { [origin]: _, ...others } = servers
  const kept: Kept = { version: 1, servers: login === null ? others : { ...others, [origin]: login } }
  const file = loginsFile(env)
  const fresh = `${file}.${String(process.pid)}`
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    rmSync(fresh, { force: true })
    writeFileSync(fresh, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(fresh, 0o600)
    renameSync(fresh, file)
  } catch {
    throw new Trouble(`${file} cannot be written.`, EXITS.unusable)
  }
}

function parsed(text: string): Kept | null {
  try {
    const value = JSON.parse(text) as Partial<Kept> | null
    const isLogin = (each: unknown): each is Login =>
      typeof each === 'object' && each !== null && 'token' in each && typeof each.token === 'string'
    return value?.version === 1 && typeof value.servers === 'object' && Object.values(value.servers).every(isLogin)
      ? (value as Kept)
      : null
  } catch {
    return null
  }
}
