import { KNOWN_SURFACES, type Surface } from '@/lib/tools/tool'
import { changesIn, type Changes } from './shown-changes'
import { mailIn, moneyIn, tableIn, type ShownMail, type ShownMoney, type ShownTable } from './shown-forms'
import { newRoom, pointer, shownText, type ShownText } from './shown-text'
import { shownEntries, type ShownValue } from './shown-tree'

/** A part of the arguments in the form in which it is decided on. */
export type ShownForm =
  | { kind: 'command'; text: ShownText }
  | ({ kind: 'mail' } & ShownMail)
  | ({ kind: 'changes' } & Changes)
  | ({ kind: 'money' } & ShownMoney)
  | ({ kind: 'table' } & ShownTable)

/**
 * Arguments as an approver needs them (C22): some of them in a form of their own, every other one as a tree. Nothing an
 * agent sent is in neither. `left`: how many places stand for more than is shown; all of it can be downloaded.
 */
export type Shown = {
  forms: ShownForm[]
  /** what is in no form; null where nothing is left */
  rest: Extract<ShownValue, { kind: 'group' }> | null
  left: number
}

export const SHOWN_NOTHING: Shown = { forms: [], rest: null, left: 0 }

const COMMANDS = ['command', 'cmd', 'script'] as const

/**
 * Picks how the arguments of a call are shown, by what its tool is known to be and by their shape. Total and bounded: whatever
 * an agent sends, at most some 60,000 characters and 500 values come out, and what is over is counted.
 * @param surface what the tool is a way to, where somebody said so; Claude Code's own tools are known
 */
export function shownAs(tool: string, args: unknown, surface: Surface | null = null): Shown {
  const room = newRoom()
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    const rest = shownEntries([['arguments', args]], false, '', room)
    return { forms: [], rest, left: room.cut }
  }
  const whole = args as Readonly<Record<string, unknown>>
  const kind = surface ?? KNOWN_SURFACES.get(tool) ?? null
  const forms: ShownForm[] = []
  const used = new Set<string>()
  const others = () => Object.fromEntries(Object.entries(whole).filter(([name]) => !used.has(name)))
  const add = (form: ShownForm | null, names: readonly string[]) => {
    if (form) forms.push(form)
    for (const name of names) used.add(name)
  }

  const command = COMMANDS.find((name) => typeof whole[name] === 'string')
  if (command !== undefined)
    add({ kind: 'command', text: shownText(String(whole[command]), pointer('', command), room) }, [command])
  const mail = command === undefined ? mailIn(tool, others(), room) : null
  if (mail) add({ kind: 'mail', ...mail }, mail.used)
  const changes = mail ? null : changesIn(others(), kind === 'code', room)
  if (changes) add({ kind: 'changes', ...changes }, changes.used)
  const money = moneyIn(others())
  if (money) add({ kind: 'money', ...money }, money.used)
  const table = tableIn(others(), room)
  if (table) add({ kind: 'table', ...table }, table.used)

  const entries = Object.entries(others())
  return { forms, rest: entries.length === 0 ? null : shownEntries(entries, false, '', room), left: room.cut }
}
