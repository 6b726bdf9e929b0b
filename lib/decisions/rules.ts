import { type CompiledBoundary, type CompiledFloor, type CompiledRule, rulesFor } from '@/lib/boundary/compile'
import type { ConditionInput } from '@/lib/boundary/condition'
import { KNOWN_SURFACES, LOCAL_SERVER, stakesOf, type ToolClass, type ToolName } from '@/lib/tools/tool'
import { type Reason, reasonFor, type Step, STEPS } from './decision'
import { surfaceReasons, type SurfaceVerdict } from './surface'

export type Call = {
  tool: ToolName
  class: ToolClass | null
  input: ConditionInput
  size: () => number
  /** what the boundary's surfaces say of it */
  surface: () => SurfaceVerdict
  /** what the baseline's say */
  floor: () => Reason[]
}

/** Step 5: the boundary's own rules on one call (DESIGN §4, "Rules"). At least one reason comes back. */
export function boundaryReasons(boundary: CompiledBoundary, call: Call): Reason[] {
  const { tool } = call
  const scope = boundary.scopes.get(tool.server)
  const { decides, stops } = call.surface()
  const listed = decides !== null && isOurs(boundary, call) ? decides : null
  const reasons: Reason[] = [
    ...stops,
    ...strict(boundary.never, call).map(({ rule }) => reasonFor('never', STEPS.rules, rule)),
    ...strict(boundary.approval_required, call).flatMap(({ rule }) => [
      reasonFor('approval_required', STEPS.rules, rule),
      ...stakes(call.class, rule),
    ]),
    // Where the boundary lists what this tool may do, nothing but the list lets it run alone.
    ...(listed === null
      ? autonomous(
          permitting(rulesFor(boundary.autonomous, tool, scope !== undefined || tool.server === LOCAL_SERVER), call),
          call.class,
        )
      : surfaceReasons(listed)),
    ...(listed === null || listed.verdict.autonomous !== null ? [] : stakes(call.class, listed.section)),
  ]
  return reasons.some((reason) => !stops.includes(reason)) ? reasons : [...stops, ...inScope(boundary, call)]
}

/**
 * Whether a list is about this tool: Claude Code's own, one whose server is in scope, or one that is named. A shell on a server
 * nobody mentioned stays out of scope.
 */
function isOurs(boundary: CompiledBoundary, { tool }: Call): boolean {
  return (
    KNOWN_SURFACES.has(tool.name) ||
    (boundary.scopes.get(tool.server)?.length ?? 0) > 0 ||
    rulesFor(boundary.autonomous, tool, boundary.scopes.has(tool.server) || tool.server === LOCAL_SERVER).length > 0 ||
    rulesFor(boundary.approval_required, tool).length > 0
  )
}

/** Step 6: the organisation's floor. A `never` there has its own code; a hold reads like the boundary's. */
export function baselineReasons(baseline: CompiledFloor, call: Call): Reason[] {
  return [
    ...strict(baseline.never, call).map(({ rule }) => reasonFor('baseline', STEPS.baseline, rule)),
    ...strict(baseline.approval_required, call).map(({ rule }) => reasonFor('approval_required', STEPS.baseline, rule)),
    ...call.floor(),
  ]
}

/** Rules that hold or forbid: a condition that cannot tell counts as matching. */
function strict(index: CompiledFloor['never'], call: Call): CompiledRule[] {
  return rulesFor(index, call.tool).filter(
    ({ condition }) => condition === null || condition.test(call.input, call.size) !== false,
  )
}

/** Rules that permit: a condition that cannot tell counts as not matching. */
function permitting(rules: readonly CompiledRule[], call: Call): CompiledRule[] {
  return rules.filter(({ condition }) => condition === null || condition.test(call.input, call.size) === true)
}

/**
 * Entries under `autonomous` are grants, and grants add up: an override counts whatever plain entries stand beside it, so
 * that taking any entry away can only narrow (DESIGN §7).
 */
function autonomous(entries: readonly CompiledRule[], known: ToolClass | null): Reason[] {
  const overriding = entries.filter(({ override }) => override !== null)
  const grants = known === null || stakesOf(known).length === 0 ? entries : overriding
  if (grants.length > 0) return grants.map(({ rule }) => reasonFor('autonomous', STEPS.rules, rule))
  return entries.flatMap(({ rule }) => stakes(known, rule))
}

/** What no rule names: the scope decides together with the class. */
function inScope(boundary: CompiledBoundary, { tool, class: known }: Call): Reason[] {
  const granted = boundary.scopes.get(tool.server)
  const rule = `mcp_scopes.${tool.server}`
  if (granted === undefined || granted.length === 0) return [reasonFor('out_of_scope', STEPS.rules, null)]
  if (known === null) return [reasonFor('unclassified_tool', STEPS.rules, rule)]
  if (!granted.includes(known.access)) return [reasonFor('out_of_scope', STEPS.rules, rule)]
  const held = stakes(known, rule)
  if (held.length > 0) return held
  return [reasonFor(known.access === 'read' ? 'read_in_scope' : 'write_in_scope', STEPS.rules, rule)]
}

function stakes(known: ToolClass | null, rule: string): Reason[] {
  const step: Step = STEPS.rules
  return known === null ? [] : stakesOf(known).map((code) => reasonFor(code, step, rule))
}
