import type { Boundary } from '@/lib/boundary/boundary'
import { parseBoundary } from '@/lib/boundary/parse'
import type { JsonObject } from '@/lib/core/json'
import type { Decision } from '@/lib/decisions/decision'
import { KNOWN_SURFACES, resolveTool, stakesOf, type Surface, type ToolClass } from '@/lib/tools/tool'
import { commandEntries, commandsIn, type Entry } from './propose-commands'
import { fileIn, pathEntries } from './propose-paths'
import { startReplay } from './replay'

/** One use of a tool. `was`: how it was answered; null in a trace that does not say, where what was used counts as meant. */
export type Use = { tool: string; class: ToolClass | null; arguments: JsonObject | null; was: Decision | null }

export type ProposedBoundary = {
  /** the text, every guess marked with a comment */
  source: string
  guesses: number
  uses: number
  /** of the uses, how the text answers them */
  answers: Record<Decision, number>
}

type Line = { text: string; guess: string | null }
type Lists = Record<Surface, Entry[]>

/**
 * The narrowest boundary that covers what was used: named tools that ran alone, and only those that nobody has to be asked about by
 * their class; commands and files as they were used; everything else asks a person. No class with stakes ever runs alone, nothing is
 * allowed that was held or forbidden before, and the text can be read by `parseBoundary`. Pure.
 * @param workspace the absolute directory in which paths are meant; null when nobody knows
 */
export function proposeBoundary(agent: string, uses: readonly Use[], workspace: string | null): ProposedBoundary {
  const open = write(agent, uses, workspace, true)
  const made = widens(open, uses) ? write(agent, uses, workspace, false) : open
  const { document } = made
  const answers: Record<Decision, number> = { allow: 0, hold: 0, forbid: 0 }
  for (const { decision } of judged(document, uses)) answers[decision] += 1
  return { source: made.source, guesses: made.source.split('# guess:').length - 1, uses: uses.length, answers }
}

type Written = { source: string; document: Boundary }

function write(agent: string, uses: readonly Use[], workspace: string | null, generalise: boolean): Written {
  const tools = byTool(uses.filter(({ was }) => was !== 'forbid'))
  const autonomous: Line[] = []
  const asking: Line[] = []
  const lists: Lists = { commands: [], code: [], data: [] }
  const commands: string[][] = []
  const files = { code: new Set<string>(), data: new Set<string>() }
  const untold: Line[] = []
  for (const [tool, of] of tools) {
    const alone = of.filter(({ was }) => was !== 'hold')
    const stakes = [...new Set(of.flatMap((use) => (use.class === null ? [] : stakesOf(use.class))))]
    const surface = KNOWN_SURFACES.get(tool)
    const times = of.length === 1 ? 'used once' : `used ${of.length.toLocaleString('en')} times`
    if (stakes.length > 0)
      asking.push({ text: tool, guess: `${times}; its class calls for a person (${stakes.join(', ')})` })
    else if (surface === 'commands') {
      const read = alone.map((use) => commandsIn(use.arguments?.command, workspace))
      commands.push(...read.flatMap((each) => each ?? []))
      const unread = of.length - read.filter((each) => each !== null).length
      if (unread > 0)
        untold.push({ text: tool, guess: `${String(unread)} of its ${String(of.length)} commands stay for a person` })
    } else if (surface !== undefined) {
      const read = alone.map((use) => fileIn(use.arguments ?? {}, workspace))
      for (const file of read) if (file !== null) files[surface].add(file)
      const unread = of.length - read.filter((each) => each !== null).length
      if (unread > 0)
        untold.push({ text: tool, guess: `${String(unread)} of its ${String(of.length)} uses stay for a person` })
    } else if (of.some((use) => use.class === null))
      asking.push({ text: tool, guess: `${times}; nobody has said yet what it does` })
    else if (alone.length < of.length)
      asking.push({
        text: tool,
        guess: `ran alone ${String(alone.length)} times and asked a person ${String(of.length - alone.length)} times; a condition may tell them apart`,
      })
    else autonomous.push({ text: tool, guess: `${times}, and nobody had to be asked` })
  }
  const held = uses.filter(({ was }) => was === 'hold' || was === 'forbid')
  const kept = new Set(held.flatMap((use) => commandsIn(use.arguments?.command, workspace) ?? []).map(String))
  const heldFiles = new Set(held.map((use) => fileIn(use.arguments ?? {}, workspace)))
  lists.commands = commandEntries(
    commands.filter((words) => !kept.has(String(words))),
    generalise,
  )
  for (const surface of ['code', 'data'] as const)
    lists[surface] = pathEntries(
      [...files[surface]].filter((file) => !heldFiles.has(file)),
      generalise,
    )
  const shells = [...tools.keys()].some((tool) => KNOWN_SURFACES.has(tool))
  const source = [
    `# Drafted from ${uses.length.toLocaleString('en')} uses. Every guess is marked: read each before anybody signs.`,
    `agent: ${agent}`,
    ...section('autonomous', autonomous),
    ...section('approval_required', asking),
    ...(shells ? surfacesText(lists, untold, workspace) : []),
    '',
  ].join('\n')
  const read = parseBoundary(source, agent)
  if (!read.ok) throw new Error(`a proposal cannot be read: ${read.errors.map(({ message }) => message).join(' ')}`)
  return { source, document: read.document }
}

function section(name: string, lines: readonly Line[], indent = ''): string[] {
  if (lines.length === 0) return []
  return [
    `${indent}${name}:`,
    ...lines.map(({ text, guess }) => `${indent}  - ${JSON.stringify(text)}${comment(guess)}`),
  ]
}

function surfacesText(lists: Lists, untold: readonly Line[], workspace: string | null): string[] {
  return [
    'surfaces:',
    ...untold.map(({ text, guess }) => `  # guess: ${text}: ${guess ?? ''}`),
    ...(workspace === null ? [] : [`  workspace: ${JSON.stringify(workspace)}${comment('where it was used most')}`]),
    // an empty list still decides: nothing of it runs alone
    ...(['commands', 'code', 'data'] as const).flatMap((surface) => {
      const entries = lists[surface]
      return entries.length > 0
        ? [`  ${surface}:`, ...section('autonomous', entries, '    ')]
        : [`  ${surface}: {autonomous: []}`]
    }),
  ]
}

const comment = (guess: string | null): string => (guess === null ? '' : ` # guess: ${guess}`)

function byTool(uses: readonly Use[]): Map<string, Use[]> {
  const tools = new Map<string, Use[]>()
  for (const use of uses) {
    const name = resolveTool(use.tool)?.name
    if (name === undefined) continue
    const of = tools.get(name)
    if (of === undefined) tools.set(name, [use])
    else of.push(use)
  }
  return new Map([...tools].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function* judged(document: Boundary, uses: readonly Use[]): Generator<{ use: Use; decision: Decision }> {
  for (const use of uses) {
    const name = resolveTool(use.tool)?.name ?? use.tool
    const decide = startReplay({
      boundary: document,
      baseline: null,
      catalogue: [{ name, class: use.class }],
      environment: 'production',
      now: 0,
    })
    const call = { line: 0, tool: use.tool, arguments: use.arguments ?? {}, runId: null, at: null }
    yield { use, decision: decide(call).decision }
  }
}

/** Whether it would allow what was held or forbidden before. */
function widens({ document }: Written, uses: readonly Use[]): boolean {
  for (const { use, decision } of judged(document, uses))
    if (decision === 'allow' && use.was !== null && use.was !== 'allow') return true
  return false
}
