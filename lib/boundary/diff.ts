import type { CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary, Limits } from './boundary'
import type { Change, Direction } from './change'
import { askingChanges } from './diff-asking'
import { elevationChanges } from './diff-elevation'
import { autonomousChanges, scopeChanges } from './diff-grants'
import { modeChange } from './diff-mode'
import { protectedChanges } from './diff-protected'
import { neverChanges, approvalChanges } from './diff-stops'
import { floorSurfaceChanges, surfaceChanges } from './diff-surfaces'
import { watchChanges } from './diff-watch'
import { limitChanges, otherChanges, sandboxChanges, termChange } from './diff-terms'

/**
 * What a draft changes against the version in force, by meaning (C09): wider first. A change counts as wider unless it can
 * only tighten answers: removed scopes and `autonomous` entries, additions to `never`, additions to `approval_required` of
 * what could happen anyway, lowered limits, a stricter sandbox, a shorter term (DESIGN §7).
 * @param before null for a first version: everything it grants is new then
 * @param terms days from signature to lapse, of both, for boundaries
 */
export function diffBoundaries(
  before: Boundary | null,
  after: Boundary,
  catalogue: readonly CatalogueTool[],
  terms: { before: number | null; after: number },
): Change[] {
  const from = before ?? emptyBoundary(after.agent)
  return sorted([
    ...scopeChanges(from, after),
    ...autonomousChanges(from, after),
    ...approvalChanges(from, after, catalogue),
    ...askingChanges(from.approval_required, after.approval_required),
    ...surfaceChanges(from, after),
    ...protectedChanges(from, after),
    ...modeChange(before, after),
    ...elevationChanges(from, after),
    ...neverChanges(from, after),
    ...watchChanges(from, after),
    ...limitChanges(before === null ? null : from.limits, after.limits),
    ...sandboxChanges(from.sandbox, after.sandbox),
    ...termChange(before, after, terms),
    ...(before === null ? [] : otherChanges(before, after)),
  ])
}

/** The same for the organisation's baseline: it only forbids, holds and limits, so taking away from it widens. */
export function diffBaselines(before: Baseline | null, after: Baseline): Change[] {
  const from: Baseline = before ?? { purpose: null, never: [], approval_required: [], limits: {} }
  return sorted([
    ...floorHolds(from, after),
    ...askingChanges(from.approval_required, after.approval_required),
    ...floorSurfaceChanges(from, after),
    ...neverChanges(from, after),
    ...limitChanges(before === null ? noLimits(after.limits) : from.limits, after.limits),
  ])
}

/** Holds of a floor stand on their own: one more can only hold what a boundary would have let through. */
function floorHolds(before: Baseline, after: Baseline): Change[] {
  const had = new Set(before.approval_required.map((rule) => JSON.stringify([rule.tool, rule.when])))
  const has = new Set(after.approval_required.map((rule) => JSON.stringify([rule.tool, rule.when])))
  const make = (rule: Baseline['never'][number], direction: Direction): Change => ({
    direction,
    section: 'approval_required',
    subject: rule.tool,
    when: rule.when,
    before: direction === 'wider' ? 'Needs approval' : null,
    after: direction === 'wider' ? null : 'Needs approval',
    sentence:
      direction === 'wider'
        ? [{ strong: rule.tool }, ' no longer asks a person everywhere.']
        : [{ strong: rule.tool }, ' asks a person, whatever a boundary says.'],
    said: rule.reason,
    override: false,
  })
  return [
    ...after.approval_required
      .filter((rule) => !had.has(JSON.stringify([rule.tool, rule.when])))
      .map((rule) => make(rule, 'narrower')),
    ...before.approval_required
      .filter((rule) => !has.has(JSON.stringify([rule.tool, rule.when])))
      .map((rule) => make(rule, 'wider')),
  ]
}

const noLimits = (limits: Limits): Limits | null => (Object.keys(limits).length === 0 ? null : {})

function emptyBoundary(agent: string): Boundary {
  return {
    agent,
    purpose: null,
    sandbox: null,
    mcp_scopes: {},
    autonomous: [],
    approval_required: [],
    never: [],
    audit: 'all_tool_calls',
    kill_switch: null,
    limits: {},
    accountable: {},
    expires: null,
    review_by: null,
  }
}

const ORDER: readonly Direction[] = ['wider', 'narrower', 'other']

function sorted(changes: readonly Change[]): Change[] {
  return changes.toSorted((a, b) => ORDER.indexOf(a.direction) - ORDER.indexOf(b.direction))
}
