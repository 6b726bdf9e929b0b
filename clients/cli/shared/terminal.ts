/** Where a command writes: answers, and what is wrong. */
export type Terminal = { out: (text: string | Buffer) => void; error: (text: string | Buffer) => void }

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
  }
}
