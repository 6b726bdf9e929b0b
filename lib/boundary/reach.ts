import { LOCAL_SERVER, stakesOf, type CatalogueTool, type Stake } from '@/lib/tools/tool'
import { bindingLimits } from './binding-limits'
import type { AutonomousRule, Boundary, Limits } from './boundary'
import { lastDay } from './diff-mode'
import { LIMIT_KINDS, limitWords } from './limits'
import { type Floor, stopping } from './stopping'

/** A sentence in pieces: what is strong is what a signer must not overlook. Never holds an agent's own words. */
export type Piece = string | { strong: string }
export type Sentence = readonly Piece[]

/** What one named tool may do alone, and why that matters. */
export type Alone = { tool: string; when: string | null; stakes: readonly Stake[]; reason: string | null }

/**
 * The worst a boundary allows (C10), from its text and what people have confirmed about the tools it names. It never
 * says less than the gate would allow: where nothing is known of a tool, that is what it says.
 */
export type Reach = {
  /** servers where reads, and reversible internal writes, run alone */
  reads: readonly string[]
  writes: readonly string[]
  /** named tools that run alone although their class calls for a person */
  overridden: readonly Alone[]
  /** named tools that run alone and that nobody has classed */
  unjudged: readonly Alone[]
  /** named tools that run alone and are harmless by their class */
  named: readonly Alone[]
  /** commands a shell runs alone, as they are listed */
  commands: readonly string[]
  asks: readonly string[]
  never: readonly string[]
  /** the limits that bind: the stricter of its own and the baseline's, and its own not while it only observes */
  limits: Limits
  /** the last day on which it only observes; null where it enforces */
  observesUntil: string | null
}

/**
 * What a boundary reaches, given the catalogue (classes nobody confirmed are null there) and the baseline that stands above it.
 * @param now in milliseconds since 1970: whether it still only observes
 */
export function reachOf(
  boundary: Boundary,
  catalogue: readonly CatalogueTool[],
  baseline: Floor | null = null,
  now = 0,
): Reach {
  const scopes = Object.entries(boundary.mcp_scopes)
  const observing = boundary.mode !== undefined && now < boundary.mode.observe_until
  const isStopped = stopping(boundary, baseline)
  const alone = boundary.autonomous
    .filter(({ tool }) => !isStopped(tool))
    .flatMap((rule) => byClass(rule, matching(rule.tool, boundary, catalogue), isStopped))
  const plain = ({ tool, when, stakes, reason }: (typeof alone)[number]): Alone => ({ tool, when, stakes, reason })
  return {
    observesUntil: observing && boundary.mode ? lastDay(boundary.mode.observe_until) : null,
    reads: scopes.filter(([, access]) => access.includes('read')).map(([server]) => server),
    writes: scopes.filter(([, access]) => access.includes('write')).map(([server]) => server),
    overridden: alone.filter((each) => each.override && each.stakes.length > 0).map(plain),
    unjudged: alone.filter((each) => each.unknown && !(each.override && each.stakes.length > 0)).map(plain),
    named: alone.filter((each) => !each.unknown && each.stakes.length === 0).map(plain),
    commands: boundary.surfaces?.commands?.autonomous ?? [],
    asks: unique([
      ...[...boundary.approval_required, ...(baseline?.approval_required ?? [])].map(({ tool }) => tool),
      ...alone.filter((each) => !each.override && each.stakes.length > 0).map(({ tool }) => tool),
      ...(boundary.surfaces?.commands == null ? [] : ['any other command']),
    ]),
    never: unique([
      ...[...boundary.never, ...(baseline?.never ?? [])].map(({ tool }) => tool),
      ...(boundary.surfaces?.commands?.never ?? []).map((entry) => `the command “${entry}”`),
    ]),
    limits: Object.fromEntries(bindingLimits(boundary, baseline, observing).map(({ name, value }) => [name, value])),
  }
}

/** What an entry lets run, tool by tool where people class the tools under one name differently, else under its own name. */
function byClass(
  { tool: name, when, override, reason }: AutonomousRule,
  matched: readonly CatalogueTool[],
  isStopped: (tool: string) => boolean,
) {
  const of = (tool: string, one: CatalogueTool | null) => ({
    tool,
    when,
    stakes: one === null || one.class === null ? [] : stakesOf(one.class),
    reason: override ?? reason,
    override: override !== null,
    unknown: one === null || one.class === null,
  })
  if (matched.length === 0) return [of(name, null)]
  const known = matched.filter((one) => !isStopped(one.name))
  return known.length === 1 ? known.map((one) => of(name, one)) : known.map((one) => of(one.name, one))
}

/** The tools of the catalogue an `autonomous` entry names: a bare name counts on servers in scope and on `local` (DESIGN §4). */
export function matching(name: string, boundary: Boundary, catalogue: readonly CatalogueTool[]): CatalogueTool[] {
  if (name.includes('.')) return catalogue.filter((tool) => tool.name === name)
  return catalogue.filter((tool) => {
    const dot = tool.name.indexOf('.')
    const server = tool.name.slice(0, dot)
    const inScope = server === LOCAL_SERVER || Object.hasOwn(boundary.mcp_scopes, server)
    return inScope && tool.name.slice(dot + 1) === name
  })
}

const unique = (names: readonly string[]): string[] => [...new Set(names)]

/** Why a class calls for a person, as it is said of a tool. */
export const STAKE_WORDS: Record<Stake, string> = {
  irreversible: 'cannot be undone',
  customer_facing: 'a customer sees',
  external: 'leaves the organisation',
  production: 'touches production',
  spends_money: 'spends money',
}

/** The blast radius in words: the worst first. `null`: nothing is signed. */
export function reachSentence(reach: Reach | null): Sentence {
  if (reach === null) return ['It can do ', { strong: 'nothing' }, ': no boundary is signed for it.']
  const can: Piece[][] = [
    ...reach.overridden.map(({ tool, when, stakes }): Piece[] => [
      'call ',
      { strong: tool },
      `, which ${stakes.map((stake) => STAKE_WORDS[stake]).join(' and ')}${when === null ? '' : ', under a condition'}`,
    ]),
    ...group(reach.unjudged, (tools) => ['call ', { strong: tools }, ', of which nobody has said what it does']),
    ...servers(reach.writes, (names) => [{ strong: `write at ${names}` }, ' what can be undone']),
    ...servers(reach.reads, (names) => [{ strong: `read at ${names}` }]),
    ...group(reach.named, (tools) => ['call ', { strong: tools }]),
    ...(reach.commands.length === 0
      ? []
      : [
          [
            'run ',
            {
              strong: listed(
                reach.commands.map((entry) => `“${entry}”`),
                4,
              ),
            },
            ' in a shell',
          ] satisfies Piece[],
        ]),
  ]
  if (reach.observesUntil !== null) return observed(reach, reach.observesUntil)
  const pieces: Piece[] =
    can.length === 0 ? ['Alone, it can do ', { strong: 'nothing' }, '.'] : alone(can, reach.limits)
  if (reach.asks.length > 0) pieces.push(' A person is asked before ', { strong: listed(reach.asks, 4) }, '.')
  if (reach.never.length > 0) pieces.push(` Never: ${listed(reach.never, 4)}.`)
  if (can.length > 0 && reach.overridden.length + reach.unjudged.length + reach.commands.length === 0)
    pieces.push(' Nothing it does alone leaves the organisation, spends money, touches production or is past undoing.')
  return pieces
}

/** While a boundary only observes, what it says of single tools bounds nothing. */
function observed({ never, limits }: Reach, until: string): Sentence {
  const limit = tightest(limits)
  return [
    `Until ${until} it can do `,
    { strong: 'anything its credentials reach' },
    ', ',
    ...(limit === null ? [{ strong: 'as often as it likes' }] : [limit]),
    ': its boundary only observes.',
    ...(never.length > 0 ? [` Never: ${listed(never, 4)}.`] : []),
  ]
}

function alone(can: readonly Piece[][], limits: Limits): Piece[] {
  const joined = can.flatMap((part, at): Piece[] => [
    at === 0 ? 'Alone, it can ' : at === can.length - 1 ? ' and ' : ', ',
    ...part,
  ])
  const limit = tightest(limits)
  return [...joined, ...(limit === null ? [', ', { strong: 'as often as it likes' }, '.'] : [', ', limit, '.'])]
}

/** The limit that counts most for how bad a bad hour gets. */
function tightest(limits: Limits): string | null {
  const order = ['calls_per_hour', 'calls_per_day', 'calls_per_minute'] as const
  const found = order.find((name) => limits[name] !== undefined)
  return found === undefined ? null : `at most ${limitWords(found, limits[found] ?? 0)} ${LIMIT_KINDS[found].words}`
}

function group(alone: readonly Alone[], say: (tools: string) => Piece[]): Piece[][] {
  return alone.length === 0 ? [] : [say(listed(unique(alone.map(({ tool }) => tool)), 4))]
}

function servers(names: readonly string[], say: (names: string) => Piece[]): Piece[][] {
  return names.length === 0 ? [] : [say(listed(names, 6))]
}

/** `a, b and c`, or `a, b, c and 4 more`. */
export function listed(names: readonly string[], most: number): string {
  const shown = names.slice(0, most)
  const rest = names.length - shown.length
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`
}

/** A sentence as plain text, for places without emphasis. */
export function sentenceText(sentence: Sentence): string {
  return sentence.map((piece) => (typeof piece === 'string' ? piece : piece.strong)).join('')
}
