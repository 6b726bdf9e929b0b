import { known, UNKNOWN, type Word } from './reading'

/**
 * Options of a program that runs the words after its own. `letters` take no value, `valued` take one; long options likewise.
 * `listed` wrappers need an entry of their own besides (another authority, or something fetched first).
 */
type Wrapper = {
  letters?: string
  valued?: string
  long?: readonly string[]
  longValued?: readonly string[]
  /** own operands before the command */
  operands?: number
  assignments?: boolean
  listed?: boolean
}

export const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  env: { letters: 'i', long: ['ignore-environment'], assignments: true },
  nohup: {},
  setsid: { letters: 'cfw' },
  timeout: {
    letters: 'fpv',
    valued: 'ks',
    long: ['foreground', 'preserve-status', 'verbose'],
    longValued: ['kill-after', 'signal'],
    operands: 1,
  },
  gtimeout: { letters: 'v', valued: 'ks', operands: 1 },
  nice: { valued: 'n', longValued: ['adjustment'] },
  ionice: { letters: 't', valued: 'cn', longValued: ['class', 'classdata'] },
  stdbuf: { valued: 'ioe', longValued: ['input', 'output', 'error'] },
  caffeinate: { letters: 'dimsu' },
  time: { letters: 'pv' },
  command: { letters: 'p' },
  builtin: {},
  exec: { letters: 'cl', valued: 'a' },
  busybox: {},
  toybox: {},
  noglob: {},
  nocorrect: {},
  sudo: {
    letters: 'AbEHKknPSis',
    valued: 'ugpCDRTrth',
    long: ['preserve-env', 'non-interactive', 'set-home', 'login', 'shell', 'background'],
    longValued: ['user', 'group', 'chdir', 'host', 'prompt'],
    assignments: true,
    listed: true,
  },
  doas: { letters: 'nLs', valued: 'uC', listed: true },
  pkexec: { longValued: ['user'], listed: true },
  runuser: { letters: 'l', valued: 'ug', listed: true },
  npx: { letters: 'yq', long: ['yes', 'no', 'no-install', 'quiet', 'offline', 'prefer-offline'], listed: true },
  bunx: { long: ['bun'], listed: true },
  pnpx: { listed: true },
  uvx: { letters: 'q', listed: true },
}

/** Programs and subcommands that run another in too many spellings to take apart: an entry must name what they run. */
export const RUNNERS: ReadonlySet<string> = new Set([
  ...['strace', 'ltrace', 'taskset', 'chrt', 'unshare', 'nsenter', 'chroot', 'flock', 'parallel', 'entr', 'script'],
  ...['xvfb-run', 'dbus-run-session', 'setarch', 'firejail', 'bwrap', 'proxychains', 'proxychains4', 'torsocks'],
  ...['valgrind', 'gdb', 'lldb', 'perf', 'systemd-run', 'cross-env', 'cross-env-shell', 'dotenv', 'dotenvx'],
  ...['unbuffer', 'expect', 'tmux', 'screen', 'at', 'batch', 'coproc', 'concurrently', 'nodemon', 'hyperfine'],
  ...['start-stop-daemon', 'daemonize', 'rlwrap', 'socat', 'launchctl', 'osascript', 'repeat'],
  ...['docker exec', 'docker run', 'podman exec', 'podman run', 'kubectl exec', 'kubectl run', 'kubectl debug'],
  ...[
    'docker compose exec',
    'docker compose run',
    'docker-compose exec',
    'docker-compose run',
    'oc exec',
    'oc run',
    'npm exec',
    'npm x',
  ],
  ...['pnpm exec', 'pnpm dlx', 'yarn exec', 'yarn dlx', 'bun x'],
  ...['corepack', 'uv run', 'uv tool', 'pipx run', 'poetry run', 'pipenv run', 'pdm run', 'rye run', 'hatch run'],
  ...['bundle exec', 'mise exec', 'mise x', 'direnv exec', 'asdf exec', 'rbenv exec', 'pyenv exec', 'nvm exec'],
  ...['doppler run', 'op run', 'aws-vault exec', 'conda run', 'nix run', 'nix-shell', 'nix develop', 'go tool'],
  ...['vagrant ssh', 'heroku run', 'fly ssh', 'gcloud compute', 'deno eval'],
])

export const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'rbash', 'fish'])

/** Builtins that alter what later words mean, or evaluate text in ways a parser does not see. */
export const ALTERING: ReadonlySet<string> = new Set([
  ...['alias', 'unalias', 'source', '.', 'enable', 'hash', 'shopt', 'bind', 'complete', 'compgen', 'compopt', 'let'],
  ...['declare', 'typeset', 'local', 'readonly', 'read', 'mapfile', 'readarray', 'getopts', 'unset', 'fc', 'history'],
  ...['pushd', 'popd', 'dirs', 'setopt', 'unsetopt', 'emulate', 'zmodload', 'autoload', 'functions', 'rehash', 'vared'],
])

/** Where the words that a wrapper runs begin; null when an option is not known; `assigned` are its own assignments. */
export function unwrap(words: readonly Word[], of: Wrapper): { from: number; assigned: Word[] } | null {
  const assigned: Word[] = []
  let at = 1
  let ended = false
  for (; at < words.length; at += 1) {
    const word = words[at] ?? UNKNOWN
    if (word.open !== 'no') break
    if (!ended && word.value === '--') ended = true
    else if (!ended && /^-\d+$/.test(word.value) && words[0]?.value === 'nice') continue
    else if (!ended && word.value.startsWith('-')) {
      const skip = skipped(word.value, of)
      if (skip === null) return null
      at += skip
    } else if (of.assignments === true && /^[A-Za-z_]\w*=/.test(word.value)) {
      assigned.push(word)
      ended = true
    } else break
  }
  return { from: at + (of.operands ?? 0), assigned }
}

/** How many words after an option are its value; null when the option is not known. */
function skipped(option: string, { letters = '', valued = '', long = [], longValued = [] }: Wrapper): number | null {
  if (option === '-') return letters.includes('i') ? 0 : null
  if (option.startsWith('--')) {
    const [name = '', value] = option.slice(2).split('=', 2)
    if (long.includes(name)) return 0
    return longValued.includes(name) ? (value === undefined ? 1 : 0) : null
  }
  for (let at = 1; at < option.length; at += 1) {
    const letter = option.charAt(at)
    if (valued.includes(letter)) return at === option.length - 1 ? 1 : 0
    if (!letters.includes(letter)) return null
  }
  return 0
}

/** The script of `sh -c SCRIPT`, of a file, or of its input; null when an option is not known. */
export function shellScript(words: readonly Word[]): { script: Word } | 'file' | 'input' | null {
  let asks = false
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? UNKNOWN
    if (word.open !== 'no') return asks ? { script: UNKNOWN } : null
    const { value } = word
    if (value === '--' || value === '-') continue
    if (/^--(?:login|norc|noprofile|posix|no-rcs|no-globalrcs)$/.test(value)) continue
    if (/^[-+]o$/.test(value)) {
      at += 1
      continue
    }
    if (/^-[ceflvnxu]+$/.test(value)) {
      asks ||= value.includes('c')
      if (value.includes('o')) at += 1
      continue
    }
    if (/^-euo$|^-eo$/.test(value)) {
      at += 1
      continue
    }
    if (/^[-+]/.test(value)) return null
    return asks ? { script: word } : 'file'
  }
  return 'input'
}

const XARGS: Wrapper = {
  letters: '0rtpxo',
  valued: 'ILnPsdEaRS',
  long: ['null', 'no-run-if-empty', 'verbose', 'interactive', 'exit', 'open-tty'],
  longValued: ['max-args', 'max-procs', 'max-lines', 'delimiter', 'replace', 'arg-file', 'eof', 'max-chars'],
}

/** What `xargs` runs: its words, and words nobody knows after or within them. */
export function xargsRuns(words: readonly Word[]): Word[] | null {
  const found = unwrap(words, XARGS)
  if (found === null) return null
  const inner = words.slice(found.from)
  return inner.length === 0 ? [known('echo'), UNKNOWN] : [...inner, UNKNOWN]
}

/** What each `-exec` of `find` runs. `{}` is a name below where it looks, so it never begins with a dash. */
export function findRuns(words: readonly Word[]): { from: number; words: Word[] }[] {
  const runs: { from: number; words: Word[] }[] = []
  for (let at = 1; at < words.length; at += 1) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(words[at]?.value ?? '')) continue
    const rest = words.slice(at + 1)
    const end = rest.findIndex(({ value }, i) => value === ';' || (value === '+' && rest[i - 1]?.value === '{}'))
    const inner = (end < 0 ? rest : rest.slice(0, end)).map((word, i): Word => {
      if (!word.value.includes('{}')) return word
      return word.value === '{}' && i > 0 ? { value: 'found/*', open: 'glob' } : UNKNOWN
    })
    runs.push({ from: at + 1, words: inner })
    at += inner.length
  }
  return runs
}

const GIT_VALUED = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--exec-path', '--config-env'])

/** `git` without the options in front of its subcommand that change nothing (`--no-pager`), and with what they say. */
export function plainGit(words: readonly Word[]): { words: Word[]; configs: string[]; dirs: Word[]; odd: boolean } {
  const configs: string[] = []
  const dirs: Word[] = []
  let odd = false
  let at = 1
  for (; at < words.length; at += 1) {
    const word = words[at] ?? UNKNOWN
    if (word.open !== 'no' || !word.value.startsWith('-')) break
    if (/^(?:--no-pager|-P|--no-optional-locks|--literal-pathspecs)$/.test(word.value)) continue
    if (/^(?:--version|--help|-v|-h)$/.test(word.value)) break
    const next = words[at + 1] ?? UNKNOWN
    if (word.value === '-C') dirs.push(next)
    else odd = true
    if (word.value === '-c') configs.push(next.value)
    if (GIT_VALUED.has(word.value)) at += 1
  }
  return { words: [words[0] ?? UNKNOWN, ...words.slice(at)], configs, dirs, odd }
}
