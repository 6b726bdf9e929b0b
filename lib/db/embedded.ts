import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinaries, type Binaries } from '@/lib/db/embedded-binaries'
import { livingPostmaster, stopPostmaster } from '@/lib/db/embedded-process'
import { chooseUser, commandLine, POSTGRES_ENVIRONMENT, takeOwnership, type RunAs } from '@/lib/db/embedded-user'
import { startError } from '@/lib/db/start-error'

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

const START_MS = 60_000
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '150',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const

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
  const port = running?.port ?? (await launch(binaries, data, options))
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

/** Waits while a left-over server still starts, recovers or stops; then says whether it serves. */
async function settled(data: string): Promise<{ port: number } | null> {
  const giveUp = Date.now() + START_MS
  for (;;) {
    const found = livingPostmaster(data)
    if (found === null || found.ready) return found
    if (Date.now() > giveUp)
      throw startError(
        'postgres_failed',
        `The Postgres on ${data} (process ${String(found.pid)}) is neither up nor down.`,
      )
    await sleep(20)
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
    throw diskOr(error, 'postgres_failed', 'The database could not be made')
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function launch(binaries: Binaries, data: string, options: EmbeddedOptions): Promise<number> {
  const way = chooseUser(binaries.postgres, data)
  takeOwnership(data, way.owner)
  const log = path.join(path.dirname(data), 'postgres.log')
  // Between asking for a free port and using it another program may take it: try a few.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const failure = await launchOn(port, { binaries, data, way, log, settings: options.settings ?? {} })
    if (failure === null) return port
    if (attempt === 3 || !failure.includes('could not bind')) throw explained(failure, 'Postgres did not start')
  }
}

type Launch = { binaries: Binaries; data: string; way: RunAs; log: string; settings: Readonly<Record<string, string>> }

/** Null once it serves, or what it wrote before it ended. */
async function launchOn(port: number, { binaries, data, way, log, settings }: Launch): Promise<string | null> {
  const before = sizeOf(log)
  const output = openSync(log, before > 10_000_000 ? 'w' : 'a', 0o600)
  const flags = Object.entries({ ...SETTINGS, ...settings, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${String(value)}`,
  ])
  const [command, ...args] = commandLine(way, [binaries.postgres, '-D', data, ...flags])
  // Detached: Ctrl-C reaches the whole group of the terminal, and the server must outlive what still writes to it.
  const child = spawn(command, args, {
    ...way.ids,
    cwd: data,
    env: POSTGRES_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', output, output],
  })
  let ended: string | null = null
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended ??= `ended with ${String(code ?? signal)}`))
  child.unref()
  closeSync(output)
  const giveUp = Date.now() + START_MS
  for (;;) {
    const found = livingPostmaster(data)
    if (found?.ready === true && found.port === port) return null
    const why: string | null = ended
    if (why !== null || Date.now() > giveUp)
      return `${readFileSync(log, 'utf8').slice(before)}${why ?? 'not ready in time'}`
    await sleep(10)
  }
}

function explained(output: string, what: string): Error {
  if (output.includes('No space left on device')) return startError('disk_full', DISK_FULL)
  const line =
    output.split('\n').find((text) => /FATAL|PANIC|error:/.test(text)) ?? output.trim().split('\n').at(-1) ?? ''
  return startError('postgres_failed', `${what}: ${line.trim()}`)
}

const DISK_FULL =
  'No space is left on the disk that holds the data: free some, or set COUNTERSIGN_DATA to another folder.'

function diskOr(error: unknown, code: 'postgres_failed' | 'data_unreadable', what: string): Error {
  const system = error as NodeJS.ErrnoException
  if (system.name === 'StartError') return system
  if (system.code === 'ENOSPC') return startError('disk_full', DISK_FULL, error)
  return startError(code, `${what}: ${system.message}`, error)
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(startError('postgres_failed', 'No free port was found for Postgres.'))
      })
    })
  })
}
