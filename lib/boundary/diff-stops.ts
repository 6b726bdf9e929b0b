import { LOCAL_SERVER, type CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary, Rule } from './boundary'
import type { Change, Direction } from './change'

type Pairs = { added: Rule[]; removed: Rule[] }

/** Entries of a list that are only in one of two versions; an altered condition is one entry less and one more. */
function pairs(before: readonly Rule[], after: readonly Rule[]): Pairs {
  const key = ({ tool, when }: Rule) => JSON.stringify([tool, when])
  const had = new Set(before.map(key))
  const has = new Set(after.map(key))
  return { added: after.filter((rule) => !had.has(key(rule))), removed: before.filter((rule) => !has.has(key(rule))) }
}

const base = (section: string, rule: Rule) => ({
  section,
  subject: rule.tool,
  when: rule.when,
  said: rule.reason,
  override: false,
})
const under = ({ when }: Rule): string => (when === null ? '' : ', under a condition')

/** One more *never* is narrower, one less wider. */
export function neverChanges(
  before: Pick<Boundary | Baseline, 'never'>,
  after: Pick<Boundary | Baseline, 'never'>,
): Change[] {
  const { added, removed } = pairs(before.never, after.never)
  return [
    ...added.map((rule): Change => ({
      ...base('never', rule),
      direction: 'narrower',
      before: null,
      after: 'Never',
      sentence: [{ strong: `${rule.tool} becomes never` }, `${under(rule)}.`],
    })),
    ...removed.map((rule): Change => ({
      ...base('never', rule),
      said: null,
      direction: 'wider',
      before: 'Never',
      after: null,
      sentence: [{ strong: `${rule.tool} is no longer never` }, `${under(rule)}.`],
    })),
  ]
}

/**
 * To name a tool under `approval_required` also grants it (DESIGN §4), so one entry more is narrower only where the tool
 * could be called before; what was out of scope may now be asked for, which is wider. One entry less is the reverse.
 */
export function approvalChanges(before: Boundary, after: Boundary, catalogue: readonly CatalogueTool[]): Change[] {
  const { added, removed } = pairs(before.approval_required, after.approval_required)
  return [
    ...added.map((rule): Change => {
      const direction: Direction = couldHappen(before, rule.tool, catalogue) ? 'narrower' : 'wider'
      return {
        ...base('approval_required', rule),
        direction,
        before: null,
        after: 'Needs approval',
        sentence:
          direction === 'narrower'
            ? [{ strong: `${rule.tool} asks a person` }, ` first${under(rule)}.`]
            : ['It may ', { strong: `ask for ${rule.tool}` }, `${under(rule)}, which was out of scope.`],
      }
    }),
    ...removed.map((rule): Change => {
      const direction: Direction = couldHappen(after, rule.tool, catalogue) ? 'wider' : 'narrower'
      return {
        ...base('approval_required', rule),
        said: null,
        direction,
        before: 'Needs approval',
        after: null,
        sentence:
          direction === 'wider'
            ? [{ strong: `${rule.tool} no longer asks a person` }, ` because it is named${under(rule)}.`]
            : ['It may ', { strong: `no longer ask for ${rule.tool}` }, `${under(rule)}.`],
      }
    }),
  ]
}

/**
 * Whether every tool of this name could be called under a boundary, alone or after asking. A bare name means the tool on
 * any server: it could only if each server the catalogue knows it on is reached, and not where nobody knows it.
 */
function couldHappen(boundary: Boundary, name: string, catalogue: readonly CatalogueTool[]): boolean {
  const named = (rules: readonly Rule[]) => rules.some(({ tool, when }) => tool === name && when === null)
  if (named(boundary.approval_required)) return true
  if (name.includes('.')) return reached(boundary, name, catalogue)
  const known = catalogue.filter((tool) => tool.name.slice(tool.name.indexOf('.') + 1) === name)
  return known.length > 0 && known.every((tool) => reached(boundary, tool.name, catalogue))
}

function reached(boundary: Boundary, name: string, catalogue: readonly CatalogueTool[]): boolean {
  const dot = name.indexOf('.')
  const [server, bare] = [name.slice(0, dot), name.slice(dot + 1)]
  const scope = boundary.mcp_scopes[server]
  const bareCounts = scope !== undefined || server === LOCAL_SERVER
  if (boundary.autonomous.some(({ tool }) => tool === name || (bareCounts && tool === bare))) return true
  if (boundary.approval_required.some(({ tool, when }) => (tool === name || tool === bare) && when === null))
    return true
  if (scope === undefined) return false
  const known = catalogue.find((tool) => tool.name === name)?.class ?? null
  // What nobody has classed is held in any scope; what is classed must be of the scope's kind.
  return known === null || scope.includes(known.access)
}
