import type { CompiledBoundary } from '@/lib/boundary/compile'
import { type CommandLists, type CommandVerdict, judgeCommand, type Met } from '@/lib/boundary/commands/judge'
import type { Reading } from '@/lib/boundary/commands/reading'
import { readCommand, readWords } from '@/lib/boundary/commands/walk'
import { spelledOut } from '@/lib/core/hostile'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import { type Reason, reasonFor, STEPS } from './decision'

/** Arguments of a shell beside its command that change nothing about what runs. Any other is a doubt, unless it is off. */
const INERT = new Set(['command', 'description', 'timeout', 'timeout_ms', 'run_in_background'])
const DIRECTORIES = ['cwd', 'workdir', 'working_directory'] as const
const LONGEST_TOLD = 120
const SECTION = 'surfaces.commands'

/** What the boundary's commands say of a call of a shell; null where they say nothing of shells. */
export function commandVerdict({ commands }: CompiledBoundary, args: JsonObject): CommandVerdict | null {
  return commands === null ? null : judgeCommand(readArguments(args, commands), commands)
}

/**
 * Step 5 for a shell (C17): *never* and *approval_required* where any part of the line meets an entry, *autonomous* where the
 * entries cover all of it, and *approval_required* by `surfaces.commands` itself for the rest. `detail` tells the part.
 */
export function commandReasons({ never, approval_required: asks, autonomous, why }: CommandVerdict): Reason[] {
  return [
    ...never.map((met) => told('never', met)),
    ...asks.map((met) => told('approval_required', met)),
    ...(autonomous ?? []).map((at) => reasonFor('autonomous', STEPS.rules, `${SECTION}.autonomous[${at}]`)),
    ...(why === null
      ? []
      : [reasonFor('approval_required', STEPS.rules, SECTION, `${shown(why.text)}: ${spelledOut(why.why)}.`)]),
  ]
}

function told(code: 'never' | 'approval_required', { at, text }: Met): Reason {
  return reasonFor(code, STEPS.rules, `${SECTION}.${code}[${at}]`, `${shown(text)}.`)
}

/** The agent's words on one line, cut, with what cannot be seen spelled out. */
function shown(text: string): string {
  const line = spelledOut(text.replaceAll(/\s+/g, ' ').trim())
  const characters = Array.from(line)
  return characters.length <= LONGEST_TOLD ? line : `${characters.slice(0, LONGEST_TOLD - 1).join('')}…`
}

function readArguments(args: JsonObject, { workspace }: CommandLists): Reading {
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
  return { parts: [], doubts: [{ text: 'command', why: 'it is no text' }] }
}

const isOff = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === false || value === ''
