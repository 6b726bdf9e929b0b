/** Where a command writes: answers, and what is wrong. `raw`: bytes of a program it runs, as they come. */
export type Terminal = {
  out: (text: string) => void
  error: (text: string) => void
  raw?: (to: 'out' | 'error', bytes: Buffer) => void
}

/** `… --json | head` closes the terminal: that is an end, not an error. */
function closed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}

/** This process's terminal. */
export function ownTerminal(): Terminal {
  if (!process.stdout.listeners('error').includes(closed)) process.stdout.on('error', closed)
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    raw: (to, bytes) => void (to === 'out' ? process.stdout : process.stderr).write(bytes),
  }
}
