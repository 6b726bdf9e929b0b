import { readCommand } from '@/lib/boundary/commands/walk'
import { parsePattern } from '@/lib/boundary/commands/pattern'
import type { JsonValue } from '@/lib/core/json'

/** An entry to propose, and what is guessed by it; null where it is what ran, word by word. */
export type Entry = { text: string; guess: string | null }

/** Programs whose effect cannot be taken back, or that leave the machine: what ran once is no reason to let it run again. */
const PEOPLE_DECIDE = new Set([
  ...[
    'rm',
    'rmdir',
    'dd',
    'mkfs',
    'shred',
    'chmod',
    'chown',
    'kill',
    'pkill',
    'killall',
    'sudo',
    'su',
    'doas',
    'mount',
  ],
  ...['curl', 'wget', 'ssh', 'scp', 'sftp', 'rsync', 'nc', 'ftp', 'telnet', 'docker', 'podman', 'kubectl', 'helm'],
  ...['terraform', 'aws', 'gcloud', 'az', 'gh', 'psql', 'mysql', 'mongo', 'redis-cli', 'eval', 'exec', 'source', '.'],
  ...[
    'sh',
    'bash',
    'zsh',
    'dash',
    'node',
    'python',
    'python3',
    'perl',
    'ruby',
    'php',
    'npx',
    'xargs',
    'env',
    'systemctl',
  ],
])
/** The same, of programs that are told what to do by their next word. */
const PEOPLE_DECIDE_OF: Readonly<Record<string, RegExp>> = {
  git: /^(?:push|reset|clean|rebase|checkout|restore|switch|remote|config|filter-.*|gc|update-ref|submodule)$/,
  npm: /^(?:publish|unpublish|login|adduser|token|owner|access|install|i|ci|add|exec|config|set)$/,
  pnpm: /^(?:publish|add|install|i|dlx|exec|config)$/,
  yarn: /^(?:publish|add|install|dlx|npm|config)$/,
  pip: /^(?:install|uninstall|config)$/,
  cargo: /^(?:publish|install|login|yank)$/,
  go: /^(?:install|get|generate|run)$/,
}
const TOLD_BY_A_WORD = new Set(['git', 'npm', 'pnpm', 'yarn', 'cargo', 'go', 'make', 'pip'])
/** So many variants of a command before its further words are left open. */
const VARIANTS = 3

/** The simple commands of a line, as words; null when any of it cannot be known beforehand, or is for people to decide. */
export function commandsIn(command: JsonValue | undefined, workspace: string | null): string[][] | null {
  if (typeof command !== 'string') return null
  const { parts, doubts } = readCommand(command, { cwd: null, workspace })
  if (doubts.length > 0) return null
  const found: string[][] = []
  for (const { words, env, clear, glimpsed } of parts) {
    if (clear || glimpsed) continue
    const values = words.map(({ value }) => value)
    if (env.length > 0 || words.some(({ open }) => open !== 'no') || forPeople(values)) return null
    found.push(values)
  }
  return found.length > 0 ? found : null
}

function forPeople([program = '', next = '']: readonly string[]): boolean {
  return (
    PEOPLE_DECIDE.has(program.slice(program.lastIndexOf('/') + 1)) || PEOPLE_DECIDE_OF[program]?.test(next) === true
  )
}

/**
 * Entries that cover some commands and as little else as can be: each as it ran; with further words left open only where three
 * variants of it ran, and only behind the word that tells the program what to do.
 */
export function commandEntries(commands: readonly (readonly string[])[], generalise: boolean): Entry[] {
  const groups = new Map<string, Map<string, readonly string[]>>()
  for (const words of commands) {
    const [program = '', next] = words
    const head =
      TOLD_BY_A_WORD.has(program) && next !== undefined && !next.startsWith('-') ? [program, next] : [program]
    const key = textOf(head)
    const text = textOf(words)
    if (key === null || text === null) continue
    groups.set(key, (groups.get(key) ?? new Map<string, readonly string[]>()).set(text, words))
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([head, variants]): Entry[] => {
      if (generalise && variants.size >= VARIANTS && !variants.has(`${head} *`))
        return [{ text: `${head} *`, guess: `${String(variants.size)} variants ran, so further words are left open` }]
      return [...variants.keys()].toSorted().map((text) => ({ text, guess: null }))
    })
}

/** Words as an entry writes them; null where no entry can. */
function textOf(words: readonly string[]): string | null {
  const quoted = words.map((word) => {
    if (/^[^\s'"*;&|<>$`()\\#]+$/.test(word)) return word
    if (!word.includes("'") && !word.includes('\n') && word !== '') return `'${word}'`
    return word.includes('"') || word.includes('\n') || word === '' ? null : `"${word}"`
  })
  if (quoted.includes(null)) return null
  const text = quoted.join(' ')
  return 'pattern' in parsePattern(text) ? text : null
}
