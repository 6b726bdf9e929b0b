import { executesCode, type CatalogueTool, stakesOf } from '@/lib/tools/tool'
import type { Baseline, Boundary, Rule, Sandbox } from './boundary'
import { lastDay } from './diff-mode'
import { isNoMore, LIMIT_KINDS, type LimitName, LIMITS, limitWords } from './limits'
import { listed, matching, type Piece, type Sentence, STAKE_WORDS } from './reach'

/** How bad something is that an agent may do alone, worst first; `bound` is what bounds all of it. */
export const WEIGHTS = ['unenforced', 'stakes', 'execution', 'unknown', 'write', 'read', 'bound'] as const
export type Weight = (typeof WEIGHTS)[number]

/** One line of the blast radius: what it may do alone, and the clause of the document that lets it. */
export type RadiusItem = { weight: Weight; says: Sentence; clause: string | null }

/**
 * The blast radius (C10) as a list, the worst first: what a boundary lets an agent do before a person is asked, and what bounds it.
 * It never says less than the gate would allow: a tool nobody classed counts as the worst it could be. What the baseline forbids or
 * holds unconditionally is left out, and its stricter limits count.
 */
export function radiusOf(
  boundary: Boundary,
  catalogue: readonly CatalogueTool[],
  baseline: Pick<Baseline, 'never' | 'approval_required' | 'limits'> | null,
): RadiusItem[] {
  const stopped = new Set(
    [boundary.never, boundary.approval_required, baseline?.never ?? [], baseline?.approval_required ?? []].flatMap(
      always,
    ),
  )
  const isStopped = (tool: string) => stopped.has(tool) || stopped.has(tool.slice(tool.indexOf('.') + 1))
  const items = [
    ...unenforced(boundary),
    ...named(boundary, catalogue, isStopped),
    ...commands(boundary),
    ...paths(boundary),
    ...scopes(boundary, catalogue),
  ]
  return [...items, ...bounds(boundary, baseline, items.length > 0)].toSorted(
    (a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight),
  )
}

function unenforced({ mode }: Boundary): RadiusItem[] {
  if (mode === undefined) return []
  const says: Sentence = [
    { strong: 'Anything its credentials reach' },
    `, until ${lastDay(mode.observe_until)}: the boundary only observes, and enforces nothing but never, the baseline and halts.`,
  ]
  return [{ weight: 'unenforced', says, clause: 'mode' }]
}

function named(
  boundary: Boundary,
  catalogue: readonly CatalogueTool[],
  isStopped: (tool: string) => boolean,
): RadiusItem[] {
  return boundary.autonomous.flatMap(({ tool, when, override }, at): RadiusItem[] => {
    if (isStopped(tool)) return []
    const clause = `autonomous[${String(at)}]`
    const under = when === null ? '' : ', under a condition'
    const known = matching(tool, boundary, catalogue).filter(({ name }) => !isStopped(name))
    const shells =
      boundary.surfaces?.commands == null &&
      (executesCode(tool, null) || known.some((one) => executesCode(one.name, one)))
    const unknown = known.length === 0 || known.some((one) => one.class === null)
    const stakes = [...new Set(known.flatMap((one) => (one.class === null ? [] : stakesOf(one.class))))]
    if (shells)
      return [
        {
          weight: 'execution',
          says: [{ strong: `Run anything with ${tool}` }, `${inside(boundary.sandbox)}${under}.`],
          clause,
        },
      ]
    if (stakes.length > 0 && override !== null) {
      const why = stakes.map((stake) => STAKE_WORDS[stake]).join(' and ')
      return [
        {
          weight: 'stakes',
          says: [{ strong: `Call ${tool}` }, `, which ${why}${under}${spending(boundary, stakes)}.`],
          clause,
        },
      ]
    }
    if (unknown)
      return [
        {
          weight: 'unknown',
          says: [{ strong: `Call ${tool}` }, `, of which nobody has said what it does${under}.`],
          clause,
        },
      ]
    if (stakes.length > 0) return [] // it asks a person all the same
    const weight = known.some((one) => one.class?.access === 'write') ? 'write' : 'read'
    return [{ weight, says: [{ strong: `Call ${tool}` }, `${under}.`], clause }]
  })
}

function spending({ limits }: Boundary, stakes: readonly string[]): string {
  if (!stakes.includes('spends_money')) return ''
  const name = (['spend_per_day', 'spend_per_hour', 'spend_per_minute'] as const).find(
    (one) => limits[one] !== undefined,
  )
  const limit = name === undefined ? undefined : limits[name]
  return name === undefined || limit === undefined
    ? ', without a limit of money'
    : `, up to ${limitWords(name, limit)} ${LIMIT_KINDS[name].words.replace('money ', '')}`
}

function commands({ surfaces, sandbox }: Boundary): RadiusItem[] {
  const entries = surfaces?.commands?.autonomous ?? []
  if (entries.length === 0) return []
  const words = listed(
    entries.map((entry) => `“${entry}”`),
    6,
  )
  return [
    {
      weight: 'execution',
      says: [{ strong: `Run ${words}` }, `${inside(sandbox)}.`],
      clause: 'surfaces.commands.autonomous',
    },
  ]
}

/** Where code it runs would run. */
function inside(sandbox: Sandbox | null): string {
  if (sandbox === null) return ' wherever its harness runs, with whatever that reaches'
  const net = {
    any: 'any network',
    allowlist: sandbox.hosts.length > 0 ? `only ${listed(sandbox.hosts, 3)}` : 'an allow-list of hosts',
    none: 'no network',
  }
  const files = { any: '', workspace: ', files of the workspace', read_only: ', files it cannot change' }
  return ` in a sandbox${sandbox.isolated ? ' of its own' : ''} with ${net[sandbox.egress]}${files[sandbox.filesystem]}`
}

function paths({ surfaces }: Boundary): RadiusItem[] {
  const says = (weight: Weight, verb: string, entries: readonly string[], clause: string): RadiusItem[] =>
    entries.length === 0 ? [] : [{ weight, says: [{ strong: `${verb} ${listed(entries, 6)}` }, '.'], clause }]
  const files = (entries: readonly string[]) =>
    entries.filter((entry) => entry === 'secrets' || !/^[A-Za-z][A-Za-z0-9_-]*:/.test(entry))
  return [
    ...says('write', 'Change', surfaces?.code?.autonomous ?? [], 'surfaces.code.autonomous'),
    ...says('read', 'Read', files(surfaces?.data?.autonomous ?? []), 'surfaces.data.autonomous'),
  ]
}

function scopes(boundary: Boundary, catalogue: readonly CatalogueTool[]): RadiusItem[] {
  return Object.entries(boundary.mcp_scopes).flatMap(([server, access]) =>
    access.map((one): RadiusItem => {
      const tools = catalogue.filter(({ name, class: known }) => name.startsWith(`${server}.`) && known?.access === one)
      const free = tools.filter(({ class: known }) => known !== null && stakesOf(known).length === 0).length
      const count =
        free === 0 ? ': no tool is classed so yet' : `: ${String(free)} ${free === 1 ? 'tool' : 'tools'} now`
      const says: Piece[] =
        one === 'write'
          ? [{ strong: `Write at ${server}` }, ` what can be undone and stays inside${count}.`]
          : [{ strong: `Read at ${server}` }, `${count}.`]
      return { weight: one, says, clause: `mcp_scopes.${server}` }
    }),
  )
}

/** What stops all of it, and who hears of it first. */
function bounds(boundary: Boundary, baseline: Pick<Baseline, 'limits'> | null, something: boolean): RadiusItem[] {
  if (!something) return []
  const set = LIMITS.flatMap((name) => {
    const [own, floor] = [boundary.limits[name], baseline?.limits[name]]
    const value = own === undefined || (floor !== undefined && isNoMore(floor, own)) ? floor : own
    if (value === undefined) return []
    return [
      {
        words: `${limitWords(name, value)} ${said(name)}`,
        clause: value === own ? `limits.${name}` : `baseline.limits.${name}`,
      },
    ]
  })
  const calls = set.length === 0
  const limit: RadiusItem = calls
    ? { weight: 'bound', says: [{ strong: 'As often as it likes' }, ': no limit is set.'], clause: null }
    : {
        weight: 'bound',
        says: ['At most ', { strong: set.map(({ words }) => words).join(', ') }, '; then a person is asked.'],
        clause: set[0]?.clause ?? null,
      }
  const heard: RadiusItem = {
    weight: 'bound',
    says: [
      calls
        ? 'Nobody is told of what it does alone: the first alert is a refusal.'
        : 'Nobody is told of what it does alone before a limit is reached or something is refused.',
    ],
    clause: null,
  }
  return [limit, heard]
}

const said = (name: LimitName): string => LIMIT_KINDS[name].words.replace(/^(?:money|length of) /, '')

/** Tools named without a condition. */
const always = (rules: readonly Rule[]): string[] => rules.filter(({ when }) => when === null).map(({ tool }) => tool)

/** Two lists of one boundary, line by line: what stays, what comes, what goes. */
export type RadiusChange = { item: RadiusItem; change: 'same' | 'added' | 'removed' }

/** The radius after a change beside the one before: its lines, each with whether it is new, and those that are gone. */
export function compareRadius(before: readonly RadiusItem[], after: readonly RadiusItem[]): RadiusChange[] {
  const key = ({ clause, says }: RadiusItem) =>
    // An entry moves when another is added before it; what it says does not.
    JSON.stringify([says, clause?.replace(/\[\d+\]$/, '') ?? null])
  const had = new Set(before.map(key))
  const has = new Set(after.map(key))
  return [
    ...after.map((item): RadiusChange => ({ item, change: had.has(key(item)) ? 'same' : 'added' })),
    ...before.filter((item) => !has.has(key(item))).map((item): RadiusChange => ({ item, change: 'removed' })),
  ].toSorted((a, b) => WEIGHTS.indexOf(a.item.weight) - WEIGHTS.indexOf(b.item.weight))
}
