import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from '@/lib/db/embedded-binaries'
import { explained } from '@/lib/db/embedded-errors'
import { livingPostmaster } from '@/lib/db/embedded-process'
import { chooseUser, commandLine, POSTGRES_ENVIRONMENT, takeOwnership, type RunAs } from '@/lib/db/embedded-user'
import { startError } from '@/lib/db/start-error'

/** How long a server may take to come up, or a left-over one to settle. */
const START_MS = 60_000
/** A log that has grown beyond this is begun anew at the next start. */
const LOG_BYTES = 10_000_000
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '150',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const

/** Waits while a left-over server still starts, recovers or stops; then says whether it serves. */
export async function settled(data: string): Promise<{ port: number } | null> {
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

/**
 * Starts the server of a data folder on a port of 127.0.0.1 that nobody else uses, and answers the port once it serves. It
 * writes to `postgres.log` beside the data, and outlives this process.
 */
export async function launch(
  binaries: Binaries,
  data: string,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const way = chooseUser(binaries.postgres, data)
  takeOwnership(data, way.owner)
  const log = path.join(path.dirname(data), 'postgres.log')
  // Between asking for a free port and using it another program may take it: try a few.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const failure = await launchOn(port, { binaries, data, way, log, settings })
    if (failure === null) return port
    // Two starts at once: the other one's server holds the data.
    const other = failure.includes('postmaster.pid') ? await settled(data) : null
    if (other !== null) return other.port
    if (attempt === 3 || !failure.includes('could not bind')) throw explained(failure, 'Postgres did not start')
  }
}

type Launch = { binaries: Binaries; data: string; way: RunAs; log: string; settings: Readonly<Record<string, string>> }

/** Null once it serves, or what it wrote before it ended. */
async function launchOn(port: number, { binaries, data, way, log, settings }: Launch): Promise<string | null> {
  const size = sizeOf(log)
  const fresh = size > LOG_BYTES
  const before = fresh ? 0 : size
  const output = openSync(log, fresh ? 'w' : 'a', 0o600)
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
