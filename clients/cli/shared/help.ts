import { type Command, type OptionSpec, type Place } from './command'
import { type Exit, EXIT_WORDS, EXITS } from './exits'
import type { Verb } from './verb'

const WIDTH = 110
const INDENT = 22

/** What `npx countersign VERB WORD --help` prints. */
export function commandHelp(verb: Pick<Verb, 'name'>, command: Command): string {
  const options = Object.entries(command.options)
  return [
    `Usage: npx countersign ${usageOf(verb, command)}\n`,
    ...paragraphs(`${capital(command.summary)}.\n\n${command.about ?? ''}`),
    ...section(
      'Arguments',
      command.places.map(({ name, says }) => row(name, says)),
    ),
    ...section(
      'Options',
      options.map(([name, option]) => row(optionWords(name, option), option.says)),
    ),
    ...section(
      'Examples',
      command.examples.map((each) => `  ${each}\n`),
    ),
    ...section(
      'Exit codes',
      exitsOf(command).map(([name, says]) => row(String(EXITS[name]), says)),
    ),
  ].join('')
}

/** What `npx countersign VERB --help` prints where the verb has no command of its own. */
export function verbHelp(verb: Verb): string {
  return [
    `Usage: npx countersign ${verb.name} COMMAND [options]\n\n`,
    `${capital(verb.summary)}.\n`,
    ...section(
      'Commands',
      verb.commands.map(({ words, summary }) => row(words, summary)),
    ),
    `\nnpx countersign ${verb.name} COMMAND --help says more.\n`,
  ].join('')
}

/** `boundary push FOLDER [--note TEXT] [options]` */
export function usageOf(verb: Pick<Verb, 'name'>, { words, places, options }: Command): string {
  const needed = Object.entries(options).filter(([, { required }]) => required)
  return [
    ...[verb.name, words].filter((each) => each !== ''),
    ...places.map(placeWords),
    ...needed.map(([name, { value }]) => `--${name} ${value ?? ''}`),
    '[options]',
  ].join(' ')
}

/** The exits a command can have, in the order of the table: its own words, else the table's. */
export function exitsOf({ exits = {} }: Command): [Exit, string][] {
  const always: Exit[] = ['done', 'unusable']
  return (Object.keys(EXITS) as Exit[])
    .filter((name) => always.includes(name) || exits[name] !== undefined)
    .map((name) => [name, exits[name] ?? EXIT_WORDS[name]])
}

export function optionWords(name: string, { short, value, type }: OptionSpec): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${type === 'string' ? ` ${value ?? 'VALUE'}` : ''}`
}

const placeWords = ({ name, optional, many }: Place): string => {
  const word = `${name}${many ? '…' : ''}`
  return optional ? `[${word}]` : word
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`\n${title}\n`, ...lines]
}

/** A row of a table: the name, then what it is, wrapped beside it. */
export function row(name: string, says: string): string {
  const [first = '', ...more] = wrap(says, WIDTH - INDENT)
  const head = name.length > INDENT - 4 ? `  ${name}\n${' '.repeat(INDENT)}` : `  ${name.padEnd(INDENT - 2)}`
  return `${head}${first}\n${more.map((line) => `${' '.repeat(INDENT)}${line}\n`).join('')}`
}

function paragraphs(text: string): string[] {
  const each = text.split(/\n\n+/).filter((one) => one.trim() !== '')
  return each.map((one) => `\n${wrap(one.replaceAll(/\s*\n\s*/g, ' '), WIDTH).join('\n')}\n`)
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
