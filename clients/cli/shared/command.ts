import { parseArgs } from 'node:util'
import type { Exit, ExitCode } from './exits'
import { didYouMean } from './nearest'
import type { Terminal } from './terminal'
import { usage } from './trouble'

export type Environment = Readonly<Record<string, string | undefined>>

/** What a shell may offer for a value: files, folders, or one of these words. */
export type Offers = 'file' | 'folder' | readonly string[]

/** An option of a command: what node:util reads, and what people and shells are told of it. */
export type OptionSpec = {
  type: 'string' | 'boolean'
  short?: string
  multiple?: boolean
  default?: string | boolean | string[]
  /** What its value is called in help: FILE. Strings have one. */
  value?: string
  says: string
  offers?: Offers
  required?: true
}
export type Options = Readonly<Record<string, OptionSpec>>

/** A word a command takes in its place. */
export type Place = { name: string; says: string; offers?: Offers; optional?: true; many?: true }

/** What a command has of the world around it. */
export type Io = {
  /** Prints for people; with --json nothing. */
  say: (text: string) => void
  /** Prints how it goes, apart from the answer, with --json too. */
  note: (text: string) => void
  /** Prints something that happened on a line of its own, with --json alone. */
  event: (event: Readonly<Record<string, unknown>> & { event: string }) => void
  json: boolean
  env: Environment
  /** Fires where somebody stops the command. */
  stopping: AbortSignal
  terminal: Terminal
}

/** What came of it. `result` is what programs get, beside `verb` and `exit`; `text` what people do. */
export type Outcome = {
  exit: ExitCode
  result: Readonly<Record<string, unknown>> & { verb?: never; exit?: never; error?: never }
  text?: string
  /** The exit code of a program it ran, passed on in place of ours. */
  passed?: number
}

type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>
>['values']
export type Given<O extends Options> = { values: Values<O>; positionals: string[] }

export type Spec<O extends Options> = {
  /** The words after the verb: `pull` of `boundary pull`; none for the verb alone. */
  words?: string
  summary: string
  places?: readonly Place[]
  options: O
  /** What else there is to know, in paragraphs. */
  about?: string
  examples: readonly string[]
  /** What its exits mean, where that is nearer than the table. */
  exits?: Partial<Record<Exit, string>>
  run: (given: Given<O>, io: Io) => Promise<Outcome> | Outcome
}

/** A command with its options: what help, completion and the guide are made of. */
export type Command = Omit<Spec<Options>, 'run' | 'words' | 'places'> & {
  words: string
  places: readonly Place[]
  act: (args: string[], io: Io) => Promise<Outcome>
}

/** What every command takes. */
export const COMMON = {
  json: { type: 'boolean', default: false, says: 'the answer for programs: JSON, the last line is the result' },
  help: { type: 'boolean', short: 'h', default: false, says: 'says this' },
} as const satisfies Options

/** A command of the table, its arguments read and checked by its own options. */
export function command<const O extends Options>({ run, words = '', places = [], options, ...rest }: Spec<O>): Command {
  return {
    ...rest,
    words,
    places,
    options: { ...options, ...COMMON },
    act: async (args, io) => {
      const given = readArguments(args, { ...options, ...COMMON })
      checkPlaces(places, given.positionals)
      for (const [name, { required, value }] of Object.entries(options))
        if (required && (given.values as Record<string, unknown>)[name] === undefined)
          throw usage(`Say --${name} ${value ?? ''}.`)
      return run({ values: given.values as Values<O>, positionals: given.positionals }, io)
    },
  }
}

/** The arguments of a command by its options. @throws Trouble naming what is no option, and the one that was probably meant */
function readArguments(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'(-{1,2}[^' ]*)/.exec(message)?.[1] : undefined
    if (unknown === undefined) throw usage(message)
    const meant = didYouMean(unknown.replace(/^-+/, ''), Object.keys(options), (name) => `--${name}`)
    throw usage(`There is no option ${unknown}.${meant}`)
  }
}

function checkPlaces(places: readonly Place[], given: readonly string[]): void {
  const missing = places.find(({ optional }, at) => !optional && given[at] === undefined)
  if (missing) throw usage(`Say ${missing.name}: ${missing.says}.`)
  const extra = given[places.length]
  if (extra !== undefined && !places.at(-1)?.many) throw usage(`${JSON.stringify(extra)} is too much.`)
}
