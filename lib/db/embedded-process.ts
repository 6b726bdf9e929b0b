import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What `postmaster.pid` says about the server of a data folder: line 1 its pid, line 4 its port, line 8 its state. */
export type Postmaster = { pid: number; port: number; ready: boolean }

/** The living Postgres of a data folder, or null. A file left by a crash, or whose pid now belongs to another program, is removed. */
export function livingPostmaster(dataFolder: string): Postmaster | null {
  const file = path.join(dataFolder, 'postmaster.pid')
  let lines: string[]
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch {
    return null
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1) return null
  if (!isPostgres(pid)) {
    rmSync(file, { force: true })
    return null
  }
  return { pid, port: Number(lines[3] ?? 0), ready: (lines[7] ?? '').trim() === 'ready' }
}

/** Fast shutdown (sessions are ended, everything is written), the immediate one after `patienceMs`. Returns when it is gone. */
export async function stopPostmaster(dataFolder: string, patienceMs = 10_000): Promise<void> {
  const running = livingPostmaster(dataFolder)
  if (running === null) return
  process.kill(running.pid, 'SIGINT')
  const impatient = Date.now() + patienceMs
  let pressed = false
  while (livingPostmaster(dataFolder)?.pid === running.pid) {
    if (!pressed && Date.now() > impatient) {
      process.kill(running.pid, 'SIGQUIT')
      pressed = true
    }
    await sleep(10)
  }
}

/** Whether a pid is a living Postgres. A zombie is not: where nobody reaps orphans they stay for ever. */
function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (process.platform !== 'linux') return true
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    const [, name = '', state = ''] = /\((.*)\) (\S)/s.exec(stat) ?? []
    return name.startsWith('postgres') && state !== 'Z'
  } catch {
    return false
  }
}
