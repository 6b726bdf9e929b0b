import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

export type RunningServer = {
  url: string
  firstRun: string | undefined
  process: ChildProcess
  /** a file with what it wrote to its standard error, as it writes it */
  errors: string
  stop: () => Promise<void>
}

/** Starts the real thing (`npm start`'s program) on a free port with a data folder of its own, and waits until it says it is ready. */
export async function startServer(dataFolder: string, env: Record<string, string> = {}): Promise<RunningServer> {
  const child = spawn(process.execPath, ['bin/start.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', PUBLIC_URL: '', COUNTERSIGN_DATA: dataFolder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const errors = path.join(dataFolder, 'errors.log')
  writeFileSync(errors, '')
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    appendFileSync(errors, chunk)
  })
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const ready = /Ready after .* at (http:\/\/\S+)/.exec(output)?.[1]
      if (ready !== undefined) resolve(ready)
    }
    child.stdout.on('data', look)
    child.once('exit', (code) => {
      reject(new Error(`The server ended with ${String(code)} before it was ready:\n${output}`))
    })
  })
  // said before it is ready
  const firstRun = /http:\/\/\S+\/welcome\/\S+/.exec(output)?.[0]
  const stop = async () => {
    if (child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
  return { url, firstRun, process: child, errors, stop }
}
