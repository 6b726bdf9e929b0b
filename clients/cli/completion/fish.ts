import type { Command, Offers } from '../shared/command'
import type { Verb } from '../shared/verb'

/** Fish's `complete` (fish complete(1)). */
export function fish(verbs: readonly Verb[]): string {
  return `# countersign: completion for fish, made by "countersign completion fish".
complete -c countersign -f
${verbs.map(({ name, summary }) => `complete -c countersign -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}\n`).join('')}${verbs.map(verbLines).join('')}`
}

function verbLines({ name, commands }: Verb): string {
  const named = commands.filter(({ words }) => words !== '').map(({ words }) => words)
  const within = `__fish_seen_subcommand_from ${name}`
  const unsaid = named.length === 0 ? within : `${within}; and not __fish_seen_subcommand_from ${named.join(' ')}`
  return commands
    .map((command) => {
      const { words, summary } = command
      const when = words === '' ? unsaid : `${within}; and __fish_seen_subcommand_from ${words}`
      const word =
        words === '' ? '' : `complete -c countersign -n ${quoted(unsaid)} -a ${words} -d ${quoted(summary)}\n`
      return `${word}${optionLines(when, command)}`
    })
    .join('')
}

function optionLines(when: string, { options, places }: Command): string {
  const lines = Object.entries(options).map(
    ([name, { short, type, says, offers }]) =>
      `complete -c countersign -n ${quoted(when)} -l ${name}${short === undefined ? '' : ` -s ${short}`}${type === 'string' ? ` -r${offer(offers)}` : ''} -d ${quoted(says)}\n`,
  )
  const placed = places.flatMap(({ offers }) =>
    offers === undefined ? [] : [`complete -c countersign -n ${quoted(when)}${offer(offers)}\n`],
  )
  return [...lines, ...placed].join('')
}

function offer(offers: Offers | undefined): string {
  if (offers === undefined) return ''
  if (offers === 'file') return ' -F'
  if (offers === 'folder') return ` -a '(__fish_complete_directories)'`
  return ` -a ${quoted(offers.join(' '))}`
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
