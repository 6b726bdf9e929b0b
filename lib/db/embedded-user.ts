import { spawnSync } from 'node:child_process'
import { chownSync, lstatSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { startError } from '@/lib/db/start-error'

/** `nobody` on Linux and macOS alike; Postgres refuses to run as root. */
const NOBODY = 65534

/** How to run Postgres on this machine: a prefix of the command line, spawn options, and who must own its files. */
export type RunAs = { prefix: string[]; ids: { uid?: number; gid?: number }; owner: number | null }

/** Nothing of ours: an inherited PGPORT or LC_MESSAGES would change what it does. (The cast: Next declares NODE_ENV as always there.) */
export const POSTGRES_ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } as unknown as NodeJS.ProcessEnv

const AS_OURSELVES: RunAs = { prefix: [], ids: {}, owner: null }

/** The same number outside; inside of a user namespace `nobody`, who has a name. */
const AS_SOMEBODY: RunAs = {
  prefix: ['unshare', '--user', `--map-user=${String(NOBODY)}`, `--map-group=${String(NOBODY)}`],
  ids: {},
  owner: null,
}

const WAYS_DOWN_FROM_ROOT: RunAs[] = [
  { prefix: [], ids: { uid: NOBODY, gid: NOBODY }, owner: NOBODY },
  // Under a folder that only root may enter (a root home, mode 0700) the plain way gets EACCES. Keeping one capability lets
  // `nobody` pass through; the files stay owned as above, so that both ways can serve one data folder.
  {
    prefix: [
      'setpriv',
      `--reuid=${String(NOBODY)}`,
      `--regid=${String(NOBODY)}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
    ],
    ids: {},
    owner: NOBODY,
  },
  // Where capabilities are dropped but user namespaces work: still root outside, nobody inside.
  {
    prefix: ['unshare', '--user', `--map-user=${String(NOBODY)}`, `--map-group=${String(NOBODY)}`],
    ids: {},
    owner: 0,
  },
]

/**
 * The first way in which `program` runs with `folder` as its working directory. Not root: as ourselves. Throws
 * `postgres_failed` when root has no way down.
 */
export function chooseUser(program: string, folder: string): RunAs {
  if (process.getuid?.() !== 0) return hasName() ? AS_OURSELVES : AS_SOMEBODY
  for (const way of WAYS_DOWN_FROM_ROOT) {
    takeOwnership(folder, way.owner)
    const [command, ...args] = commandLine(way, [
      '/bin/sh',
      '-c',
      'cd "$1" && exec "$2" --version',
      'sh',
      folder,
      program,
    ])
    const probe = spawnSync(command, args, { ...way.ids, cwd: '/', env: POSTGRES_ENVIRONMENT })
    if (probe.status === 0) return way
  }
  throw startError(
    'postgres_failed',
    `Postgres does not run as root, and no other user may enter ${folder}: move Countersign to a folder others may enter, or start it as another user.`,
  )
}

/** Containers run under numbers that /etc/passwd does not know; initdb insists on a name. */
function hasName(): boolean {
  try {
    userInfo()
    return true
  } catch {
    return false
  }
}

/** The words to spawn for `command` run the given way. */
export function commandLine(way: RunAs, command: [string, ...string[]]): [string, ...string[]] {
  const [first, ...rest] = way.prefix
  return first === undefined ? command : [first, ...rest, ...command]
}

/** Gives a folder and everything in it to `owner`; nothing to do for null, or when the folder is already theirs. */
export function takeOwnership(target: string, owner: number | null): void {
  if (owner === null || lstatSync(target).uid === owner) return
  for (const entry of readdirSync(target, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (!entry.isSymbolicLink()) chownSync(file, owner, owner)
  }
  chownSync(target, owner, owner)
}
