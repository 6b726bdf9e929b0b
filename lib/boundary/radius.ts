import { type CatalogueTool, executesCode, stakesOf } from '@/lib/tools/tool'
import type { Boundary } from './boundary'
import { lastDay } from './diff-mode'
import { bindingLimits } from './binding-limits'
import { boundItems, spendingWords } from './radius-bounds'
import { exitOf, inside, type RadiusItem, WEIGHTS } from './radius-item'
import { isFile, isListed, namedItems } from './radius-named'
import { listed, type Piece, type Sentence } from './reach'
import { type Floor, stopping } from './stopping'

/**
 * The blast radius (C10) as a list, the worst first: what a boundary lets an agent do before a person is asked, and what bounds it.
 * It never says less than the gate would allow: a tool nobody classed counts as the worst it could be, and a bare name is told by the
 * tools the catalogue knows under it, else as one nobody classed. What the baseline forbids or
 * holds unconditionally is left out, and its stricter limits count.
 * @param at `now`: when it is read, so that a boundary that no longer only observes is told as one that enforces; `lapsesAt`: when
 *   it lapses, or would, or null where nobody knows. Both in milliseconds since 1970.
 */
export function radiusOf(
  boundary: Boundary,
  catalogue: readonly CatalogueTool[],
  baseline: Floor | null,
  { now, lapsesAt }: { now: number; lapsesAt: number | null },
): RadiusItem[] {
  const observing = boundary.mode !== undefined && now < boundary.mode.observe_until
  const isStopped = stopping(boundary, baseline)
  const limits = bindingLimits(boundary, baseline, observing)
  const items = [
    ...(observing ? unenforced(boundary) : []),
    ...namedItems(boundary, catalogue, isStopped, spendingWords(limits)),
    ...commandItems(boundary),
    ...pathItems(boundary),
    ...scopeItems(boundary, catalogue, isStopped),
  ]
  const all = [
    ...leaving(items),
    ...items,
    ...(items.length === 0 ? [] : boundItems(boundary, limits, { observing, lapsesAt })),
  ]
  return all.toSorted(byWeight)
}

function unenforced({ mode }: Boundary): RadiusItem[] {
  if (mode === undefined) return []
  const says: Sentence = [
    { strong: 'Anything its credentials reach' },
    `, until ${lastDay(mode.observe_until)}: the boundary only observes, and enforces nothing but never, the baseline and halts.`,
  ]
  return [{ weight: 'unenforced', says, clause: 'mode' }]
}

/** Where what it reads can leave the organisation without anybody: one line over all that read and all that send. */
function leaving(items: readonly RadiusItem[]): RadiusItem[] {
  const sources = [...new Set(items.flatMap(({ source }) => source ?? []))]
  const ways = items.flatMap(({ exit, clause }) => (exit === undefined ? [] : [{ exit, clause }]))
  const [first] = ways
  if (sources.length === 0 || first === undefined) return []
  const exits = [...new Set(ways.map(({ exit }) => exit))]
  const says: Sentence = [
    { strong: `Let what it reads ${listed(sources, 4)} leave the organisation` },
    `: through ${exits.slice(0, 3).join('; or ')}${exits.length > 3 ? `; or ${String(exits.length - 3)} more` : ''}.`,
  ]
  return [{ weight: 'leaves', says, clause: first.clause }]
}

function commandItems(boundary: Boundary): RadiusItem[] {
  const entries = boundary.surfaces?.commands?.autonomous ?? []
  if (entries.length === 0) return []
  const words = listed(
    entries.map((entry) => `“${entry}”`),
    6,
  )
  return [
    {
      weight: 'execution',
      says: [{ strong: `Run ${words}` }, `${inside(boundary.sandbox)}.`],
      clause: 'surfaces.commands.autonomous',
      ...exitOf('the commands it runs', boundary),
    },
  ]
}

function pathItems({ surfaces }: Boundary): RadiusItem[] {
  const files = (entries: readonly string[] = []) => entries.filter(isFile)
  const [code, data] = [files(surfaces?.code?.autonomous), files(surfaces?.data?.autonomous)]
  const change: RadiusItem = {
    weight: 'write',
    says: [{ strong: `Change ${listed(code, 6)}` }, '.'],
    clause: 'surfaces.code.autonomous',
  }
  const read: RadiusItem = {
    weight: 'read',
    says: [{ strong: `Read ${listed(data, 6)}` }, '.'],
    clause: 'surfaces.data.autonomous',
    source: `in ${listed(data, 3)}`,
  }
  return [...(code.length > 0 ? [change] : []), ...(data.length > 0 ? [read] : [])]
}

function scopeItems(
  boundary: Boundary,
  catalogue: readonly CatalogueTool[],
  isStopped: (tool: string) => boolean,
): RadiusItem[] {
  return Object.entries(boundary.mcp_scopes).flatMap(([server, access]) => {
    const clause = `mcp_scopes.${server}`
    const free = catalogue.filter(
      (tool) =>
        tool.name.startsWith(`${server}.`) &&
        tool.class !== null &&
        access.includes(tool.class.access) &&
        stakesOf(tool.class).length === 0 &&
        !isStopped(tool.name) &&
        !isListed(boundary, tool),
    )
    const runs = free.filter((tool) => executesCode(tool.name, tool)).map(({ name }) => name)
    const shells: RadiusItem = {
      weight: 'execution',
      says: [{ strong: `Run anything with ${listed(runs, 4)}` }, `${inside(boundary.sandbox)}.`],
      clause,
      ...exitOf(listed(runs, 2), boundary),
    }
    const lines = access.map((one): RadiusItem => {
      const count = free.filter((tool) => tool.class?.access === one && !runs.includes(tool.name)).length
      const now =
        count === 0 ? ': no tool is classed so yet' : `: ${String(count)} ${count === 1 ? 'tool' : 'tools'} now`
      const says: Piece[] =
        one === 'write'
          ? [{ strong: `Write at ${server}` }, ` what can be undone and stays inside${now}.`]
          : [{ strong: `Read at ${server}` }, `${now}.`]
      return { weight: one, says, clause, ...(one === 'read' && { source: `at ${server}` }) }
    })
    return runs.length > 0 ? [shells, ...lines] : lines
  })
}

const byWeight = (a: RadiusItem, b: RadiusItem): number => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight)

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
  ].toSorted((a, b) => byWeight(a.item, b.item))
}
