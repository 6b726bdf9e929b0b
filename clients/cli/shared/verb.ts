import { parseArgs } from 'node:util'
import { COMMON, type Command, type Environment, type Io, type Options, type Outcome } from './command'
import { type ExitCode, EXITS } from './exits'
import { commandHelp, usageOf, verbHelp } from './help'
import { didYouMean } from './nearest'
import { guarded, ownTerminal, type Terminal } from './terminal'
import { Trouble, usage } from './trouble'

/** A verb of `countersign`: one command, or several told apart by the word that follows. */
export type Verb = { name: string; summary: string; commands: readonly Command[] }

export type Run = (args: string[], terminal?: Terminal, env?: Environment, stopping?: AbortSignal) => Promise<number>

/**
 * What runs a verb: answers its exit code (`shared/exits.ts`). With `--json` standard output ends with one line of JSON, also for what went
 * wrong: `{"verb", "exit", …}` or `{"verb", "exit", "error": {"code", "detail"}}`. What is wrong is a sentence, never a stack. Nothing it prints is
 * obeyed by the terminal: whatever a file or a server says is spelled out.
 */
export function runVerb(verb: Verb): Run {
  return async (args, given = ownTerminal(), env = process.env, stopping) => {
    const terminal = guarded(given)
    const own = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined)
    const json = own.includes('--json')
    const name = [verb.name]
    let asked: Command | null = null
    try {
      if (own.includes('--help') || own.includes('-h')) {
        const found = named(verb, args)
        terminal.out(found === null ? verbHelp(verb) : commandHelp(verb, found.command))
        return EXITS.done
      }
      const { command, rest } = chosen(verb, args)
      asked = command
      if (command.words !== '') name.push(command.words)
      const stop = stopping === undefined ? onInterrupt() : { signal: stopping, forget: () => undefined }
      try {
        const outcome = await command.act(rest, ioOf(json, terminal, env, stop.signal))
        return print(name.join(' '), outcome, json, terminal)
      } finally {
        stop.forget()
      }
    } catch (error) {
      const how = asked === null ? `${verb.name} …` : usageOf(verb, asked)
      return fail(name.join(' '), error, how, json, terminal)
    }
  }
}

function ioOf(json: boolean, terminal: Terminal, env: Environment, stopping: AbortSignal): Io {
  return {
    say: (text) => {
      if (!json) terminal.out(text)
    },
    note: terminal.error,
    event: (event) => {
      if (json) terminal.out(`${JSON.stringify(event)}\n`)
    },
    ...{ json, env, stopping, terminal },
  }
}

function print(verb: string, { exit, result, text, passed }: Outcome, json: boolean, terminal: Terminal): number {
  const code = passed ?? exit
  if (json) terminal.out(`${JSON.stringify({ verb, exit: code, ...result })}\n`)
  else if (text !== undefined) terminal.out(text)
  return code
}

/** Says what went wrong. What is no Trouble is a defect, and shows where it is. */
function fail(verb: string, error: unknown, how: string, json: boolean, terminal: Terminal): number {
  const trouble = error instanceof Trouble ? error : null
  const exit: ExitCode = trouble?.exit ?? EXITS.fault
  const detail = trouble?.message ?? String(error)
  if (json) terminal.out(`${JSON.stringify({ verb, exit, error: { code: trouble?.code ?? 'fault', detail } })}\n`)
  else if (trouble === null)
    terminal.error(`countersign ${verb}: a defect: ${(error instanceof Error && error.stack) || detail}\n`)
  else
    terminal.error(
      `${detail}\n${trouble.code === 'usage' ? `Usage: npx countersign ${how}\n       npx countersign ${verb} --help\n` : ''}`,
    )
  return exit
}

/** The command its first word names, and the arguments without that word; the verb's own where it has one. */
function chosen(verb: Verb, args: string[]): { command: Command; rest: string[] } {
  const found = named(verb, args)
  if (found !== null) return found
  const words = verb.commands.map(({ words: each }) => each)
  const said = firstWord(verb, args)
  const list = `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
  throw usage(
    said === null
      ? `Say what to do: ${verb.name} ${list}.`
      : `There is no ${verb.name} ${JSON.stringify(said.word)}.${didYouMean(said.word, words)} There is ${list}.`,
  )
}

function named(verb: Verb, args: string[]): { command: Command; rest: string[] } | null {
  const said = firstWord(verb, args)
  const command = said && verb.commands.find(({ words }) => words === said.word)
  if (said && command) return { command, rest: args.toSpliced(said.at, 1) }
  const own = verb.commands.find(({ words }) => words === '')
  return own ? { command: own, rest: args } : null
}

/** The first argument that is neither an option nor the value of one. */
function firstWord(verb: Verb, args: string[]): { word: string; at: number } | null {
  const options: Options = Object.assign({}, ...verb.commands.map((each) => each.options), COMMON) as Options
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true })
  const first = tokens.find(({ kind }) => kind === 'positional' || kind === 'option-terminator')
  return first?.kind === 'positional' ? { word: first.value, at: first.index } : null
}

function onInterrupt(): { signal: AbortSignal; forget: () => void } {
  const stopping = new AbortController()
  const stop = () => {
    stopping.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, stop)
  return {
    signal: stopping.signal,
    forget: () => {
      for (const signal of signals) process.removeListener(signal, stop)
    },
  }
}
