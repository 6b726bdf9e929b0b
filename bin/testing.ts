import { spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chooseUser, commandLine, POSTGRES_ENVIRONMENT } from '../lib/db/embedded-user'

const root = path.resolve(import.meta.dirname, '..')

export type Started = {
  child: ChildProcess
  /** Everything it has printed, both streams. */
  output: () => string
  /** The address it serves at, once it says so. Throws what it printed when it ends first. */
  ready: () => Promise<string>
  /** Its exit code, or the name of the signal that ended it. */
  ended: Promise<number | string>
}

export type StartOptions = {
  env?: Record<string, string>
  /** Run as this user; needs root. */
  uid?: number
  /** Node options before the script. */
  node?: string[]
  /** `npm start`, or `npm run demo` with its scenario. */
  script?: 'start' | 'demo'
  args?: string[]
}

/** Runs the real `bin/start.mjs` (or another script of npm's) on a free port, with nothing of this process's own database settings. */
export function startServer({ env = {}, uid, node = [], script = 'start', args = [] }: StartOptions): Started {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DATABASE_|VITEST|NODE_ENV|npm_)/.test(name)),
  )
  const child = spawn(process.execPath, [...node, path.join(root, `bin/${script}.mjs`), ...args], {
    cwd: root,
    env: { ...inherited, PORT: '0', ...env } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  let done = false
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      done = true
      resolve(code ?? signal ?? 'gone')
    })
  })
  const ready = async () => {
    for (;;) {
      const url = /^Ready after .* at (\S+)/m.exec(text)?.[1]
      if (url !== undefined) return url
      if (done) throw new Error(`It ended before it was ready:\n${text}`)
      await sleep(20)
    }
  }
  return { child, output: () => text, ready, ended }
}

/** A folder for one test's data; `owner` gets it when root makes it for another user. */
export function dataFolder(owner?: number): { folder: string; remove: () => void } {
  const parent = mkdtempSync(path.join(tmpdir(), 'countersign-start-'))
  const folder = path.join(parent, 'data')
  mkdirSync(folder)
  if (owner !== undefined) for (const each of [parent, folder]) chownSync(each, owner, owner)
  return {
    folder,
    remove: () => {
      rmSync(parent, { recursive: true, force: true })
    },
  }
}

/** The pid of the Postgres on a data folder, or null when none is alive. */
export function postgresOf(folder: string): number | null {
  const file = path.join(folder, 'postgres/postmaster.pid')
  if (!existsSync(file)) return null
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  try {
    process.kill(pid, 0)
    return pid
  } catch {
    return null
  }
}

/** Stops the Postgres of a data folder under whoever uses it; answers how to start it again, on the same port. */
export async function stopPostgres(folder: string): Promise<() => void> {
  const data = path.join(folder, 'postgres')
  const pid = postgresOf(folder)
  if (pid === null) throw new Error('There is no Postgres to stop.')
  // the program, then each argument in quotes (PostgreSQL, `postmaster.opts`)
  const line = readFileSync(path.join(data, 'postmaster.opts'), 'utf8').trim()
  const program = line.slice(0, line.indexOf(' "'))
  const args = Array.from(line.matchAll(/"([^"]*)"/g), ([, each]) => each ?? '')
  process.kill(pid, 'SIGINT')
  while (postgresOf(folder) !== null) await sleep(20)
  return () => {
    const way = chooseUser(program, data)
    const [command, ...rest] = commandLine(way, [program, ...args])
    spawn(command, rest, { ...way.ids, cwd: data, env: POSTGRES_ENVIRONMENT, detached: true, stdio: 'ignore' }).unref()
  }
}

/** A port that nobody uses now, for a server that has to come back at the same address. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The superuser's URL of the Postgres on a data folder, for what no login of the product may do. */
export function superuserUrl(folder: string): string {
  const port = readFileSync(path.join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[3] ?? ''
  const { superuser } = JSON.parse(readFileSync(path.join(folder, 'logins.json'), 'utf8')) as { superuser: string }
  return `postgresql://postgres:${encodeURIComponent(superuser)}@127.0.0.1:${port}/countersign`
}
