import { plainGit } from '@/lib/boundary/commands/wrappers'
import { readCommand } from '@/lib/boundary/commands/walk'

/** Programs that bring in what somebody else wrote. Others may, too: the run is then tainted when it says so, not before. */
const PROGRAMS = [
  ...['curl', 'curlie', 'wget', 'wget2', 'http', 'https', 'xh', 'xhs', 'httpie', 'lynx', 'w3m', 'links', 'elinks', 'aria2c', 'axel'],
  ...['gh', 'glab', 'hub', 'yt-dlp', 'ssh', 'scp', 'sftp', 'rsync', 'rclone', 'ftp', 'lftp', 'nc', 'ncat', 'netcat', 'telnet', 'socat'],
] as const // prettier-ignore
const FETCHING: ReadonlySet<string> = new Set(PROGRAMS)
/** Subcommands of git that bring in what others committed. */
const GIT: ReadonlySet<string> = new Set(['clone', 'fetch', 'pull', 'ls-remote', 'submodule'])
/** The same names anywhere in a line nobody can read to the end, whatever stands around them. `https://` alone is no program. */
const NAMED = new RegExp(
  `(?<![\\w.-])(?:(?:${PROGRAMS.filter((name) => !name.startsWith('http')).join('|')})(?![\\w-])|(?:httpie|https?)(?=\\s)|git\\s(?:[^;&|\\n]{0,400}\\s)?(?:clone|fetch|pull|ls-remote|submodule)(?![\\w-]))|/dev/(?:tcp|udp)/`,
)

/**
 * Whether a command fetches what nobody vouches for: by the programs a shell would start, those behind wrappers, in substitutions and in quotes
 * among them; in a line that leaves a doubt, by their names alone. Pure.
 */
export function fetches(command: string): boolean {
  const { parts, doubts } = readCommand(command, { cwd: null, workspace: null })
  if (doubts.length > 0 && NAMED.test(command)) return true
  return parts.some(({ words, literal }) => {
    // what a runner runs may stand behind any of its words
    if (literal > 0 && words.some(({ value }) => FETCHING.has(nameOf(value)))) return true
    const program = nameOf(words[0]?.value ?? '')
    if (FETCHING.has(program)) return true
    if (program !== 'git') return false
    const [, sub = '', next = ''] = plainGit(words).words.map(({ value }) => value)
    return GIT.has(sub) || (sub === 'remote' && next === 'update')
  })
}

const nameOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1).toLowerCase()
