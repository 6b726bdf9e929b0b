import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** What a signed boundary asks of code (its `sandbox`), as the server answers it with a challenge. */
export type Profile = {
  isolated: boolean
  credentials: 'any' | 'none'
  egress: 'any' | 'allowlist' | 'none'
  hosts: string[]
  filesystem: 'any' | 'workspace' | 'read_only'
} & Partial<Bounds>

/** How much a command has: milliseconds, bytes, and processes and threads together. */
export type Bounds = { time: number; memory: number; processes: number }

/** What holds where nobody says it: ten minutes, half of this machine's memory, and more processes than any build starts. */
export const boundsHere = (): Bounds => ({
  time: 600_000,
  memory: Math.floor(Math.min(os.totalmem(), process.constrainedMemory() || Infinity) / 2),
  processes: 4_096,
})

/** What one command is confined to. */
export type Confinement = {
  /** hosts that may be reached, as the boundary writes them; null: no network at all */
  hosts: readonly string[] | null
  /** the one folder of the machine that it sees beside its system's programs; absolute, without symlinks */
  workspace: string
  writable: boolean
  /** which folder that is (`identityOf`): where another lies there when the command begins, it does not */
  identity: string
  bounds: Bounds
}

/** Which folder lies at a path, whatever it is called: `device:inode`. */
export function identityOf(folder: string): string {
  const { dev, ino } = fs.statSync(folder, { bigint: true })
  return `${String(dev)}:${String(ino)}`
}

/**
 * The confinement that satisfies a profile, never looser: always a sandbox of its own without credentials; the file system is the workspace at
 * most; `egress: any` is given no network either, for a list is what can be held to. Without a profile, the tightest that can still write. Of what was asked for
 * and what the profile allows, the less holds.
 */
export function confinementOf(
  profile: Profile | null,
  workspace: string,
  { identity, ...asked }: { identity: string } & Partial<Bounds>,
): Confinement {
  const hosts = profile?.egress === 'allowlist' && profile.hosts.length > 0 ? profile.hosts : null
  const here = boundsHere()
  const least = (name: keyof Bounds) => Math.min(asked[name] ?? here[name], profile?.[name] ?? Infinity)
  const bounds = { time: least('time'), memory: least('memory'), processes: least('processes') }
  return { hosts, workspace, writable: profile?.filesystem !== 'read_only', identity, bounds }
}

/** A confinement in the words of a boundary: what an attestation says was enforced. */
export function enforcedOf({ hosts, writable, bounds }: Confinement): Profile & Bounds {
  return {
    isolated: true,
    credentials: 'none',
    egress: hosts === null ? 'none' : 'allowlist',
    hosts: [...(hosts ?? [])],
    filesystem: writable ? 'workspace' : 'read_only',
    ...bounds,
  }
}

const SYSTEM = ['/bin', '/boot', '/dev', '/etc', '/lib', '/lib64', '/proc', '/run', '/sbin', '/sys', '/usr', '/var']

/**
 * The folder a command may have, resolved. A command sees everything in it, so what holds credentials is refused: the root, a home or what is
 * above it, the system's folders, and a hidden folder of a home.
 * @throws Error that says why not
 */
export function workspaceAt(folder: string, home = os.homedir()): string {
  const real = fs.realpathSync(folder)
  if (!fs.statSync(real).isDirectory()) throw new Error(`${folder} is no folder.`)
  const homes = [home, process.env['HOME']].flatMap((each) => {
    try {
      return each ? [fs.realpathSync(each)] : []
    } catch {
      return []
    }
  })
  const above = homes.some((each) => within(each, real))
  const hidden = homes.some((each) => within(real, each) && path.relative(each, real).startsWith('.'))
  const system = SYSTEM.some((each) => within(real, each)) && !within(real, '/var/tmp')
  if (
    real === '/' ||
    above ||
    hidden ||
    system ||
    ['/home', '/root', '/tmp', '/var/tmp', '/opt', '/mnt', '/srv'].includes(real)
  )
    throw new Error(`${real} is no workspace: a command would see everything in it. Name the folder of a project.`)
  return real
}

/** Whether a path is another or lies in it. */
function within(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner)
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative))
}

/** Where a command thinks its home is: empty, its own, and gone with it. */
export const SANDBOX_HOME = '/tmp/home'

const PASSED = ['LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TERM', 'COLUMNS', 'NO_COLOR', 'CI']

/** The whole environment of a command: nothing is inherited but how text and time are shown. */
export function environmentOf(
  env: Readonly<Record<string, string | undefined>>,
  more: Record<string, string> = {},
): Record<string, string> {
  const passed = PASSED.flatMap((name) => {
    const value = env[name]
    return value !== undefined && value.length <= 100 ? [[name, value] as const] : []
  })
  return {
    ...Object.fromEntries(passed),
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: SANDBOX_HOME,
    TMPDIR: '/tmp',
    USER: 'agent',
    LOGNAME: 'agent',
    SHELL: '/bin/sh',
    COUNTERSIGN_SANDBOX: '1',
    ...more,
  }
}
