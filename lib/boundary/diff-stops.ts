import { LOCAL_SERVER, type CatalogueTool } from '@/lib/tools/tool'
import { DEFAULT_ASKED } from '@/lib/approvals/asked'
import { DEFAULT_WAIT_MS, type Baseline, type Boundary, type Rule } from './boundary'
import type { Change, Direction } from './change'

type Pairs<R> = { added: R[]; removed: R[] }

/** Entries of a list that are only in one of two versions; an altered condition is one entry less and one more. */
function pairs<R extends Rule>(before: readonly R[], after: readonly R[]): Pairs<R> {
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
      const happens = surelyHappens(before, rule.tool, catalogue)
      const direction: Direction = happens && !asksOthers(rule) ? 'narrower' : 'wider'
      return {
        ...base('approval_required', rule),
        direction,
        before: null,
        after: 'Needs approval',
        sentence: happens
          ? [{ strong: `${rule.tool} asks a person` }, ` first${under(rule)}.`]
          : ['It may ', { strong: `ask for ${rule.tool}` }, `${under(rule)}, which was out of scope.`],
      }
    }),
    ...removed.map((rule): Change => {
      const direction: Direction =
        couldHappen(after, rule.tool) || asksLess(rule, after.approval_required) ? 'wider' : 'narrower'
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
 * Whether every tool of this name could already be called, alone or after asking, whatever its arguments. A bare name means
 * the tool on any server: each server the catalogue knows it on must be reached, and where nobody knows it, none is.
 */
function surelyHappens(boundary: Boundary, name: string, catalogue: readonly CatalogueTool[]): boolean {
  const named = (rules: readonly Rule[]) => rules.some(({ tool, when }) => tool === name && when === null)
  if (named(boundary.approval_required)) return true
  if (name.includes('.')) return surelyReached(boundary, name, catalogue)
  const known = catalogue.filter((tool) => tool.name.slice(tool.name.indexOf('.') + 1) === name)
  return known.length > 0 && known.every((tool) => surelyReached(boundary, tool.name, catalogue))
}

function surelyReached(boundary: Boundary, name: string, catalogue: readonly CatalogueTool[]): boolean {
  const { server, bare, bareCounts } = parts(boundary, name)
  const always = (rules: readonly Rule[], bareToo: boolean) =>
    rules.some(
      ({ tool, when }) => when === null && (tool === name || (bareToo && !bare.includes('.') && tool === bare)),
    )
  if (always(boundary.autonomous, bareCounts) || always(boundary.approval_required, true)) return true
  const scope = boundary.mcp_scopes[server]
  if (scope === undefined) return false
  const known = catalogue.find((tool) => tool.name === name)?.class ?? null
  // What nobody has classed is held in any scope; what is classed must be of the scope's kind.
  return known === null || scope.includes(known.access)
}

/** Whether a rule asks people, or waits, beyond what counts where no rule says anything: what was held before is then theirs too. */
function asksOthers({ by, within, passkey, then }: Boundary['approval_required'][number]): boolean {
  const others = (by ?? []).some((one) => !DEFAULT_ASKED.includes(one))
  return others || (within ?? 0) > DEFAULT_WAIT_MS || passkey === 'both' || then !== undefined
}

/** Whether a rule asked somebody of its own, and what it held is still held by another: then fewer people are asked. */
function asksLess(
  { tool, by, approvals, within, passkey, then }: Boundary['approval_required'][number],
  left: readonly Rule[],
): boolean {
  if ([by, approvals, within, passkey, then].every((term) => term === undefined)) return false
  const bare = (name: string) => name.slice(name.indexOf('.') + 1)
  return left.some((other) => bare(other.tool) === bare(tool))
}

/** Whether some call of a tool of this name could be let through without asking, now or once somebody classes it. */
function couldHappen(boundary: Boundary, name: string): boolean {
  // Any tool may be a shell or a way to files, and then what is listed goes through.
  // What may be granted for a while may run alone then.
  if (boundary.elevation !== undefined) return true
  if (boundary.surfaces?.commands != null || boundary.surfaces?.code || boundary.surfaces?.data) return true
  const granted = (one: string) => boundary.autonomous.some(({ tool }) => tool === one)
  if (!name.includes('.')) {
    const known = Object.keys(boundary.mcp_scopes).length > 0 || granted(name)
    return known || boundary.autonomous.some(({ tool }) => tool.endsWith(`.${name}`))
  }
  const { server, bare, bareCounts } = parts(boundary, name)
  return boundary.mcp_scopes[server] !== undefined || granted(name) || (bareCounts && granted(bare))
}

function parts(boundary: Boundary, name: string): { server: string; bare: string; bareCounts: boolean } {
  const dot = name.indexOf('.')
  const server = name.slice(0, dot)
  return {
    server,
    bare: name.slice(dot + 1),
    bareCounts: boundary.mcp_scopes[server] !== undefined || server === LOCAL_SERVER,
  }
}
