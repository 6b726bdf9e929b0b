/**
 * Where a command writes: answers, and what is wrong. `raw`: bytes of a program it runs, as they come; a promise where they are to be waited for, since
 * whoever reads them is slower.
 */
export type Terminal = {
  out: (text: string) => void
  error: (text: string) => void
  raw?: (to: 'out' | 'error', bytes: Buffer) => void | Promise<void>
}

/** `… --json | head` closes the terminal: that is an end, not an error; but not of a program whose output is passed on, which has to be seen to its end. */
function closed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  if (!passing) process.exit(0)
}
let passing = false

/** This process's terminal. */
export function ownTerminal(): Terminal {
  if (!process.stdout.listeners('error').includes(closed)) process.stdout.on('error', closed)
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    raw: (to, bytes) => {
      passing = true
      const stream = to === 'out' ? process.stdout : process.stderr
      if (stream.write(bytes) || stream.destroyed) return
      return new Promise((resolve) => {
        const done = () => {
          for (const event of TAKEN) stream.off(event, done)
          resolve()
        }
        for (const event of TAKEN) stream.on(event, done)
      })
    },
  }
}

/** What is written was taken, or never will be. */
const TAKEN = ['drain', 'close', 'error'] as const

/** What a terminal obeys, or does not show: controls but newline and tab, format characters (bidi, zero width, tags), odd line ends. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/** A text in which everything of that kind is spelled out, as JSON would: a line of JSON stays the same document. */
export function shown(text: string): string {
  return text.replaceAll(UNSEEN, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/**
 * A terminal that obeys nothing of what it is shown: what others wrote is in most of it. The bytes of a program it runs pass as they are.
 */
export function guarded(terminal: Terminal): Terminal {
  return {
    out: (text) => {
      terminal.out(shown(text))
    },
    error: (text) => {
      terminal.error(shown(text))
    },
    raw: (to, bytes) => (terminal.raw ? terminal.raw(to, bytes) : terminal[to](bytes.toString('utf8'))),
  }
}
