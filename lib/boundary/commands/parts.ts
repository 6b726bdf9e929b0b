import { readCommand } from './walk'
import type { Place } from './reading'

/** One simple command of a line for people: as it was written, hostile text. */
export type CommandPart = { text: string; kind: 'runs' | 'around' }
export type CommandParts = { parts: CommandPart[]; doubts: { text: string; why: string }[] }

const MOST_SHOWN = 20

/** What a command would run, part by part, for screens; and what keeps it from being known. At most 20 of each. */
export function partsOfCommand(text: string, place: Place = { cwd: null, workspace: null }): CommandParts {
  const { parts, doubts } = readCommand(text, place)
  return {
    parts: parts
      .filter(({ glimpsed }) => !glimpsed)
      .slice(0, MOST_SHOWN)
      .map(({ text: said, clear }) => ({ text: said, kind: clear ? 'around' : 'runs' })),
    doubts: doubts.slice(0, MOST_SHOWN).map(({ text: said, why }) => ({ text: said, why })),
  }
}
