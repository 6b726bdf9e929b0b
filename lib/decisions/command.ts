import type { CompiledSurfaces } from '@/lib/boundary/compile'
import { type CommandLists, type CommandVerdict, judgeCommand } from '@/lib/boundary/commands/judge'
import { pathsIn } from '@/lib/boundary/commands/paths'
import type { Reading } from '@/lib/boundary/commands/reading'
import { readCommand, readWords } from '@/lib/boundary/commands/walk'
import type { JsonObject, JsonValue } from '@/lib/core/json'

/** Arguments of a shell beside its command that change nothing about what runs. Any other is a doubt, unless it is off. */
const INERT = new Set(['command', 'description', 'timeout', 'timeout_ms', 'run_in_background'])
const DIRECTORIES = ['cwd', 'workdir', 'working_directory'] as const

/**
 * A shell call read once: what the lists of commands say of it (null where there are none), and every text in it that a program could
 * take for the name of a file, redirections included, also as seen from where it may run.
 */
export function readShell(
  { commands }: Pick<CompiledSurfaces, 'commands'>,
  args: JsonObject,
): { verdict: CommandVerdict | null; files: string[] } {
  const reading = readArguments(args, commands ?? { workspace: null })
  const words = reading.parts.flatMap(({ words: all, cwds }) =>
    all.filter(({ open }) => open === 'no' || open === 'glob').map(({ value }) => ({ value, cwds })),
  )
  const files = [...words, ...reading.redirected].flatMap(({ value, cwds }) =>
    pathsIn(value).flatMap((path) => [path, ...fromWhere(path, cwds)]),
  )
  return { verdict: commands === null ? null : judgeCommand(reading, commands), files: [...new Set(files)] }
}

function fromWhere(path: string, cwds: readonly string[]): string[] {
  return /^[/~]/.test(path) ? [] : cwds.filter((cwd) => cwd !== '').map((cwd) => `${cwd}/${path}`)
}

function readArguments(args: JsonObject, { workspace }: Pick<CommandLists, 'workspace'>): Reading {
  const named = DIRECTORIES.filter((name) => !isOff(args[name]))
  const [first] = named
  const directory = first === undefined ? null : args[first]
  const cwd = typeof directory === 'string' ? directory : null
  const read = readArgument(args.command, { cwd, workspace })
  const odd = Object.keys(args).filter((name) => !INERT.has(name) && name !== first && !isOff(args[name]))
  const unclear = [
    ...odd,
    ...(directory !== null && typeof directory !== 'string' && first !== undefined ? [first] : []),
  ]
  return {
    ...read,
    doubts: [...read.doubts, ...unclear.map((text) => ({ text, why: 'nobody said what this argument does' }))],
  }
}

function readArgument(
  command: JsonValue | undefined,
  place: { cwd: string | null; workspace: string | null },
): Reading {
  if (typeof command === 'string') return readCommand(command, place)
  if (Array.isArray(command) && command.length <= 1_000) {
    const words = command.filter((word) => typeof word === 'string')
    if (words.length === command.length) return readWords(words, place)
  }
  return { parts: [], redirected: [], doubts: [{ text: 'command', why: 'it is no text' }] }
}

const isOff = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === false || value === ''
