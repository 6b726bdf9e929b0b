import type { Word } from './reading'

/**
 * Words of well-known programs that run something else, read their rules from elsewhere or write somewhere: an entry's `*`
 * does not stand for them, they must be written out. Long options also where they are cut short, as getopt allows.
 */
const RISKY: Readonly<Record<string, { long?: readonly string[]; short?: RegExp; words?: RegExp }>> = {
  git: {
    long: [
      ...['output', 'ext-diff', 'textconv', 'exec', 'exec-path', 'config-env', 'upload-pack', 'receive-pack', 'config'],
      ...['open-files-in-pager', 'git-dir', 'work-tree', 'template', 'separate-git-dir', 'extcmd', 'run', 'to-cmd'],
      ...['server-option', 'edit-description', 'no-index'],
    ],
    short: /^-[cOx]/,
    words: /^ext::|^fd::/i,
  },
  find: { short: /^-(?:delete|fprint|fprint0|fprintf|fls|files0-from)$/, long: [] },
  tar: {
    long: [
      'to-command',
      'checkpoint-action',
      'use-compress-program',
      'info-script',
      'new-volume-script',
      'rsh-command',
      'rmt-command',
      'absolute-names',
    ],
    short: /^-?[A-Za-z]*[IFP]/,
    // a host in front of the file is reached by a program
    words: /:/,
  },
  rsync: { long: ['rsh', 'rsync-path'], short: /^-[A-Za-z]*e/ },
  sort: { long: ['compress-program', 'output', 'files0-from', 'temporary-directory'], short: /^-[A-Za-z]*[oT]/ },
  rg: { long: ['pre', 'hostname-bin', 'search-zip'], short: /^-[A-Za-z]*z/ },
  fd: { long: ['exec', 'exec-batch'], short: /^-[A-Za-z]*[xX]/ },
  zip: { long: ['unzip-command'], short: /^-[A-Za-z]*TT?/ },
  make: { long: ['file', 'makefile', 'eval'], short: /^-[A-Za-z]*[fEI]/, words: /=/ },
  npm: {
    long: ['script-shell', 'node-options', 'userconfig', 'globalconfig', 'prefix'],
    words: /^(?:config|set|explore|edit)$/,
  },
  pnpm: { long: ['script-shell', 'shell-mode', 'dir'], words: /^(?:config|set)$/, short: /^-[A-Za-z]*[cC]/ },
  yarn: { long: ['cwd', 'use-yarnrc'], words: /^config$/ },
  go: { short: /^--?(?:exec|toolexec|vettool|modfile|overlay)(?:=|$)/ },
  cargo: { long: ['config', 'manifest-path'] },
  node: {
    long: ['eval', 'print', 'require', 'import', 'loader', 'experimental-loader', 'env-file'],
    short: /^-[A-Za-z]*[epr]/,
  },
  python: { short: /^-[A-Za-z]*c|^-$/ },
  perl: { short: /^-[A-Za-z0-9]*[eEMmI]|^-$/ },
  ruby: { short: /^-[A-Za-z0-9]*[erI]|^-$/ },
  php: { long: ['run', 'define'], short: /^-[A-Za-z]*[rBRFd]|^-$/ },
  printf: { short: /^-v/, words: /\[.*[$`]/ },
  test: { short: /^-[vR]$/, words: /\[.*[$`]/ },
  '[': { short: /^-[vR]$/, words: /\[.*[$`]/ },
  wget: { long: ['use-askpass', 'config', 'execute', 'output-document'], short: /^-[A-Za-z]*[eO]/ },
  curl: { long: ['config', 'output', 'remote-name', 'upload-file', 'data', 'form'], short: /^-[A-Za-z]*[KoOTdF]/ },
  man: { long: ['pager', 'html'], short: /^-[A-Za-z]*[PH]/ },
  less: { words: /^\+/, long: ['log-file', 'lesskey-file'], short: /^-[A-Za-z]*[oOk]/ },
  vim: { short: /^-[A-Za-z]*[cS]/, words: /^\+/ },
  uniq: {},
  xxd: {},
  awk: {
    long: ['file', 'load', 'include', 'source', 'exec'],
    short: /^-[fliE]/,
    words: /system|getline|[|>@]|close|fflush/,
  },
  scp: { short: /^-[A-Za-z]*[SoF]/ },
  sftp: { short: /^-[A-Za-z]*[SobF]/ },
  ed: { words: /./ },
}
const SAME: Readonly<Record<string, string>> = {
  nodejs: 'node',
  deno: 'node',
  bun: 'node',
  python3: 'python',
  python2: 'python',
  gawk: 'awk',
  mawk: 'awk',
  nawk: 'awk',
  gtar: 'tar',
  bsdtar: 'tar',
  gmake: 'make',
  nvim: 'vim',
  vi: 'vim',
  view: 'vim',
  ex: 'vim',
  gsed: 'sed',
  gfind: 'find',
  fdfind: 'fd',
}
/** Subcommands of git that change what git runs, or run something: never behind a `*`. */
const GIT_SUBCOMMANDS =
  /^(?:config|filter-branch|filter-repo|difftool|mergetool|daemon|instaweb|credential|hook|send-email|bisect|submodule|update-index|replace|maintenance|fast-import|http-backend|shell|upload-pack|upload-archive|receive-pack)$/
/** Options that run their value, whatever the program is. */
const EVERYWHERE = /^--(?:exec|eval|command|script-shell|to-command|use-compress-program|rsh|init-file|rcfile)(?:=|$)/
const SED_SCRIPT =
  /^(?:(?:\d+|\$|\/[^/\n;{}]*\/)(?:,(?:\d+|\$|\/[^/\n;{}]*\/))?)?(?:[pdq=]|s([/|#,:])(?:(?!\1)[^\n\\]|\\[^\n])*\1(?:(?!\1)[^\n\\]|\\[^\n])*\1[gpiI0-9]*)$/

/** Whether the word at a place of a command is one that `*` does not stand for. */
export function isRisky(words: readonly Word[], at: number): boolean {
  const { value, open } = words[at] ?? { value: '', open: 'any' }
  if (open === 'any' || EVERYWHERE.test(value)) return true
  const name = (words[0]?.value ?? '').replace(/^.*\//, '')
  const program = SAME[name] ?? name.replace(/^(python|perl|ruby|php)[\d.]+$/, '$1')
  if (program === 'sed') return isRiskySed(words, at)
  const rules = Object.hasOwn(RISKY, program) ? RISKY[program] : undefined
  if (rules === undefined) return false
  if (program === 'git' && at === 1 && GIT_SUBCOMMANDS.test(value)) return true
  // "-x" and "-c" of git mean something else behind these, and nothing that runs.
  if (
    program === 'git' &&
    /^-[cx]/.test(value) &&
    /^(?:clean|commit|switch|check-ignore|ls-files)$/.test(words[1]?.value ?? '')
  )
    return false
  if (program === 'git' && words[1]?.value === 'clone' && /^-[A-Za-z]*u/.test(value)) return true
  if (rules.words?.test(value) === true || rules.short?.test(value) === true) return true
  const [, option] = /^--([a-z0-9][a-z0-9-]*)/.exec(value) ?? []
  return option !== undefined && (rules.long ?? []).some((long) => long.startsWith(option))
}

/** sed can run commands and write files from its script: only printing, deleting and replacing stand behind a `*`. */
function isRiskySed(words: readonly Word[], at: number): boolean {
  const value = words[at]?.value ?? ''
  if (/^-/.test(value))
    return !/^-(?:[nErsuz]+|[nErsuz]*e|[nErsuz]*i(?:\.\w+)?|-(?:quiet|silent|regexp-extended|null-data))$/.test(value)
  const expressions = words.flatMap((word, i) => (/^-[nErsuz]*e$/.test(word.value) ? [i + 1] : []))
  const first = words.findIndex((word, i) => i > 0 && !word.value.startsWith('-'))
  const isScript = expressions.length > 0 ? expressions.includes(at) : at === first
  return isScript && !(words[at]?.open === 'no' && SED_SCRIPT.test(value))
}
