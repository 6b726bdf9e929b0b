import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findBinaries, type Binaries } from '@/lib/db/embedded-binaries'
import { diskOr, explained } from '@/lib/db/embedded-errors'
import { launch, settled } from '@/lib/db/embedded-launch'
import { stopPostmaster } from '@/lib/db/embedded-process'
import { chooseUser, commandLine, POSTGRES_ENVIRONMENT } from '@/lib/db/embedded-user'

export type EmbeddedOptions = {
  /** Holds `postgres/` (its data) and `postgres.log`; made when missing. */
  folder: string
  /** The bootstrap superuser's, set when the data is first made. */
  password: string
  /** Server settings on top of ours, for tests. */
  settings?: Readonly<Record<string, string>>
}

export type Embedded = {
  /** The superuser's, on the database `postgres`. It makes logins and databases, and nothing else (DESIGN §5). */
  url: string
  port: number
  /** Whether it was already running, left by a process that died. */
  reused: boolean
  stop: () => Promise<void>
}

/**
 * Starts the Postgres that npm brought, or takes over the one a crashed process left on the same data (DESIGN §3).
 * It listens on 127.0.0.1 alone, on a port nobody else uses, and survives the death of this process: only `stop` ends it.
 * Throws a start error: `disk_full`, `postgres_missing`, `postgres_failed`.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const binaries = findBinaries()
  makeFolder(options.folder)
  const data = path.join(path.resolve(options.folder), 'postgres')
  const running = await settled(data)
  const reused = running !== null
  if (!existsSync(path.join(data, 'PG_VERSION'))) initialise(binaries, data, options.password)
  const port = running?.port ?? (await launch(binaries, data, options.settings ?? {}))
  return {
    url: `postgresql://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${String(port)}/postgres`,
    port,
    reused,
    stop: () => stopPostmaster(data),
  }
}

/** Root hands the data to another user, who must be able to pass through; the secrets beside it are 0600 each. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  } catch (error) {
    throw diskOr(error, 'data_unreadable', `The data folder ${folder} cannot be made`)
  }
}

/** initdb beside the final place, then a rename: a crash half-way leaves nothing that looks like data. */
function initialise(binaries: Binaries, data: string, password: string): void {
  const draft = `${data}.new-${String(process.pid)}`
  const passwordFile = path.join(draft, 'password')
  try {
    mkdirSync(path.join(draft, 'data'), { recursive: true, mode: 0o700 })
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
    const way = chooseUser(binaries.initdb, draft)
    const [command, ...args] = commandLine(way, [
      binaries.initdb,
      ...['-D', path.join(draft, 'data'), '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      // The plain C locale gets upper('é') wrong; the built-in provider needs no files of the operating system.
      ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ])
    const made = spawnSync(command, args, { ...way.ids, cwd: draft, env: POSTGRES_ENVIRONMENT, encoding: 'utf8' })
    if (made.status !== 0) throw explained(`${made.stderr}${String(made.error ?? '')}`, 'initdb failed')
    renameSync(path.join(draft, 'data'), data)
  } catch (error) {
    // Two first starts at once: the other one's data stands.
    if (existsSync(path.join(data, 'PG_VERSION'))) return
    throw diskOr(error, 'postgres_failed', 'The database could not be made')
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
