import { type CatalogueTool, executesCode, KNOWN_SURFACES, stakesOf, type Surface } from '@/lib/tools/tool'
import type { AutonomousRule, Boundary } from './boundary'
import { exitOf, inside, type RadiusItem } from './radius-item'
import { listed, matching, STAKE_WORDS } from './reach'

/** Lines for the tools that `autonomous` names, each by what a person said of it; what nobody classed is told as such. */
export function namedItems(
  boundary: Boundary,
  catalogue: readonly CatalogueTool[],
  isStopped: (tool: string) => boolean,
  spending: string,
): RadiusItem[] {
  const all = withKnown(catalogue)
  return boundary.autonomous.flatMap((rule, at): RadiusItem[] => {
    if (isStopped(rule.tool)) return []
    const named = matching(rule.tool, boundary, all)
    const known = named.filter(({ name }) => !isStopped(name))
    const entry = { boundary, rule, clause: `autonomous[${String(at)}]`, several: known.length > 1 }
    const met = named.length > 0 ? known : [{ name: rule.tool, class: null }]
    return itemsOf(met, entry, spending)
  })
}

type Entry = { boundary: Boundary; rule: AutonomousRule; clause: string; several: boolean }

function itemsOf(met: readonly CatalogueTool[], { boundary, rule, clause, several }: Entry, spending: string) {
  const under = rule.when === null ? '' : ', under a condition'
  const alone = met.filter(
    (tool) => !isListed(boundary, tool) && (rule.override !== null || tool.class === null || !isStaked(tool)),
  )
  const called = (tools: readonly CatalogueTool[]) =>
    several
      ? listed(
          tools.map(({ name }) => name),
          4,
        )
      : rule.tool
  const line = (tools: readonly CatalogueTool[], make: (name: string) => Omit<RadiusItem, 'clause'>): RadiusItem[] =>
    tools.length === 0 ? [] : [{ ...make(called(tools)), clause }]
  const runs = alone.filter((tool) => executesCode(tool.name, tool))
  const rest = alone.filter((tool) => !runs.includes(tool))
  const onFiles = (surface: Surface) => rest.filter((tool) => tool.class === null && surfaceNamed(tool) === surface)
  const staked = rest.filter(isStaked)
  const outward = staked.filter((tool) => tool.class?.audience === 'customer' || tool.class?.audience === 'external')
  const unclassed = rest.filter((tool) => tool.class === null && surfaceNamed(tool) === null)
  const plain = (access: 'read' | 'write') => rest.filter((tool) => tool.class?.access === access && !isStaked(tool))
  const reading = rest.filter((tool) => tool.class?.access === 'read')
  return [
    ...line(runs, (name) => ({
      weight: 'execution',
      says: [{ strong: `Run anything with ${name}` }, `${inside(boundary.sandbox)}${under}.`],
      ...exitOf(name, boundary),
    })),
    ...line(staked, (name) => ({
      weight: 'stakes',
      says: [{ strong: `Call ${name}` }, `, which ${whyOf(staked)}${under}${isSpending(staked) ? spending : ''}.`],
      ...(outward.length > 0 && { exit: called(outward) }),
      ...(reading.some(isStaked) && { source: called(reading.filter(isStaked)) }),
    })),
    ...line(unclassed, (name) => ({
      weight: 'unknown',
      says: [
        { strong: `Call ${name}` },
        `, of which nobody has said what it does${under}: it counts as the worst it could be.`,
      ],
      exit: `${name}, of which nobody has said what it does`,
    })),
    ...line(onFiles('code'), (name) => ({
      weight: 'write',
      says: [{ strong: `Change any file with ${name}` }, `${under}.`],
    })),
    ...line(onFiles('data'), (name) => ({
      weight: 'read',
      says: [{ strong: `Read any file with ${name}` }, `${under}.`],
      source: `by ${name}`,
    })),
    ...line(plain('write'), (name) => ({ weight: 'write', says: [{ strong: `Call ${name}` }, `${under}.`] })),
    ...line(plain('read'), (name) => ({
      weight: 'read',
      says: [{ strong: `Call ${name}` }, `${under}.`],
      source: `by ${name}`,
    })),
  ]
}

const isStaked = (tool: CatalogueTool): boolean => tool.class !== null && stakesOf(tool.class).length > 0
const isSpending = (tools: readonly CatalogueTool[]): boolean => tools.some((tool) => tool.class?.spends === true)

function whyOf(tools: readonly CatalogueTool[]): string {
  const stakes = new Set(tools.flatMap((tool) => (tool.class === null ? [] : stakesOf(tool.class))))
  return [...stakes].map((stake) => STAKE_WORDS[stake]).join(' and ')
}

/** The catalogue, and the tools that are known without one where it does not have them: by what they are a way to. */
function withKnown(catalogue: readonly CatalogueTool[]): CatalogueTool[] {
  const had = new Set(catalogue.map(({ name }) => name))
  const known = [...KNOWN_SURFACES].filter(([name]) => !had.has(name))
  return [...catalogue, ...known.map(([name, surface]): CatalogueTool => ({ name, class: null, surface }))]
}

const surfaceNamed = (tool: CatalogueTool): Surface | null => KNOWN_SURFACES.get(tool.name) ?? tool.surface ?? null

/** Whether a list of the boundary judges every call of a tool, so that the tool's name lets nothing run (DESIGN §4, C17). */
export function isListed({ surfaces }: Boundary, tool: CatalogueTool): boolean {
  const surface = surfaceNamed(tool)
  if (surface === null) return false
  if (surface === 'commands') return surfaces?.commands != null
  const lists = surfaces?.[surface]
  return (
    lists !== undefined && [...lists.autonomous, ...lists.approval_required, ...lists.never].some((one) => isFile(one))
  )
}

/** Whether an entry of a list of paths is about files, not about resources of a type. */
export const isFile = (entry: string): boolean => entry === 'secrets' || !/^[A-Za-z][A-Za-z0-9_-]{0,63}:./.test(entry)
