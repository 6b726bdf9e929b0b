/** Where a command writes: answers, and what is wrong. */
export type Terminal = { out: (text: string) => void; error: (text: string) => void }

/** This process's terminal. `… --json | head` closes it: that is an end, not an error. */
export function ownTerminal(): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
  }
}
