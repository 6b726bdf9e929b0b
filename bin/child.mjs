// Programs the commands run (npm, Next, Vitest): each in a process group of its own, which ends with us, whatever ends us.
import { spawn } from 'node:child_process'

const groups = new Set()
const end = (signal) => {
  for (const pid of groups) {
    try {
      process.kill(-pid, signal)
    } catch {
      // It is gone already.
    }
  }
}

let watching = false
function watch() {
  if (watching) return
  watching = true
  process.on('exit', () => end('SIGKILL'))
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ]) {
    process.on(signal, () => {
      // Whoever else handles the signal (a server that stops in its own order) ends the process; without children nothing is ours.
      if (groups.size === 0) return
      end('SIGTERM')
      setTimeout(() => process.exit(128 + number), 2_000)
      wait.then(() => process.exit(128 + number))
    })
  }
}

let settled = () => undefined
let wait = Promise.resolve()

/**
 * Runs a program until it ends. `show` lets its output through; otherwise it is collected.
 * @returns its exit code (1 when a signal ended it) and what it wrote
 */
export async function runChild(command, args, { cwd, env, show = false }) {
  watch()
  const child = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  if (child.pid !== undefined) groups.add(child.pid)
  if (groups.size === 1) wait = new Promise((resolve) => (settled = resolve))
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { code: code ?? 1, output }
  } finally {
    groups.delete(child.pid)
    if (groups.size === 0) settled()
  }
}
