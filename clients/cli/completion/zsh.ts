import type { Command, Offers } from '../shared/command'
import type { Verb } from '../shared/verb'

/** Zsh's `_arguments` (zshcompsys(1)): a function a command, and one that finds it. */
export function zsh(verbs: readonly Verb[]): string {
  return `#compdef countersign
# countersign: completion for zsh, made by "countersign completion zsh".
${verbs.map(verbFunction).join('')}_countersign() {
  local -a verbs=(
${verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}\n`).join('')}  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  local verb=$words[2]
  shift words; (( CURRENT-- ))
  (( $+functions[_countersign_$verb] )) && _countersign_$verb
}
if [ "$funcstack[1]" = "_countersign" ]; then _countersign "$@"; else compdef _countersign countersign; fi
`
}

function verbFunction({ name, commands }: Verb): string {
  const named = commands.filter(({ words }) => words !== '')
  const own = commands.find(({ words }) => words === '')
  const describe = named.map(({ words, summary }) => quoted(`${words}:${summary}`)).join(' ')
  const cases = named.map(
    (each) => `    ${each.words}) shift words; (( CURRENT-- )); ${argumentsOf(each)}; return ;;\n`,
  )
  return `_countersign_${name}() {
${named.length === 0 ? '' : `  local -a follow=(${describe})\n  case "$words[2]" in\n${cases.join('')}  esac\n  (( CURRENT == 2 )) && _describe command follow\n`}${own === undefined ? '' : `  ${argumentsOf(own)}\n`}}
`
}

function argumentsOf({ options, places }: Command): string {
  const named = Object.entries(options).map(([name, { type, says, value, offers, multiple }]) => {
    const what = `${multiple ? '*' : ''}--${name}[${says.replaceAll(/[[\]]/g, '')}]`
    return quoted(type === 'string' ? `${what}:${(value ?? 'value').replaceAll(':', ' ')}:${action(offers)}` : what)
  })
  const placed = places.map(({ name, offers, optional, many }, at) =>
    quoted(`${many ? '*' : String(at + 1)}:${optional && !many ? ':' : ''}${name}:${action(offers)}`),
  )
  return `_arguments ${[...named, ...placed].join(' ')}`
}

function action(offers: Offers | undefined): string {
  if (offers === undefined) return ' '
  if (offers === 'file') return '_files'
  if (offers === 'folder') return '_files -/'
  return `(${offers.join(' ')})`
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
