import { spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

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
}

/** Runs the real `bin/start.mjs` on a free port, with nothing of this process's own database settings. */
export function startServer({ env = {}, uid, node = [] }: StartOptions): Started {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DATABASE_|VITEST|NODE_ENV|npm_)/.test(name)),
  )
  const child = spawn(process.execPath, [...node, path.join(root, 'bin/start.mjs')], {
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
