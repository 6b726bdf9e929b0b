import { compileBaseline, compileBoundary, type CompiledBoundary, type CompiledFloor } from '@/lib/boundary/compile'
import { jsonSize, type JsonValue } from '@/lib/core/json'
import { redactSecrets } from '@/lib/core/secrets'
import { resolveTool, surfaceOf, type ToolName } from '@/lib/tools/tool'
import { checkReasons } from './checks'
import { compareReasons, DECISIONS, type Decision, type Reason, reasonFor, REASONS, STEPS } from './decision'
import type { Discharge, Evaluation, Facts, SignedBoundary } from './facts'
import { type Lifted, lifted, withElevation } from './elevation'
import { type Passage, passGate } from './gate'
import { isEnforced, observes } from './observe'
import { baselineReasons, boundaryReasons, type Call } from './rules'
import { floorReasons, surfaceVerdict, type SurfaceVerdict } from './surface'

/**
 * The gate (DESIGN §4): pure and deterministic. Steps 1 to 4 end at the first *forbid*; then every rule and check is
 * looked at and the strictest wins. Nothing that fails inside it ever permits: the answer is then *forbid* with
 * `evaluation_error`.
 */
export function evaluate(facts: Facts): Evaluation {
  try {
    refuseTorn(facts)
    const passage = passGate(facts)
    if ('ended' in passage) return settle(passage.ended, false)
    const granted = grantedTo(facts, passage)
    const judged = judge(facts, passage.boundary, granted)
    const found = discharge(judged, facts.approval, passage.boundary.digest, facts.baseline?.digest ?? null)
    const { decision } = settle(found, false)
    const reasons = [
      ...found,
      ...unseen(facts, decision),
      ...crowded(facts, decision),
      ...unasked(facts, found, decision),
    ]
    const free = untilEnd(settle(reasons, false), granted)
    if (passage.contained.length === 0 && observes(passage.boundary, facts.now)) return observed(free, found, facts)
    return contain(free, reasons, passage.contained, facts)
  } catch {
    return settle([reasonFor('evaluation_error', STEPS.rules, null)], false)
  }
}

/**
 * What is granted for a while to who passed the gate. An elevation never reaches into containment (DESIGN §4): what is left there is what
 * the boundary itself lets through.
 */
export function grantedTo({ elevations, now }: Facts, passage: Exclude<Passage, { ended: Reason[] }>): Lifted | null {
  return passage.contained.length > 0
    ? null
    : lifted(compileBoundary(passage.boundary.document).elevation, elevations, now)
}

/** Steps 5 to 11, every match of any strictness. `explain` reads it too. */
export function judge(facts: Facts, signed: SignedBoundary, granted: Lifted | null = null): Reason[] {
  const tool = resolveTool(facts.action.tool)
  if (tool === null) return [reasonFor('out_of_scope', STEPS.rules, null)]
  const boundary = compileBoundary(signed.document)
  const baseline = facts.baseline === null ? null : compileBaseline(facts.baseline.document)
  const calls = callsOf(facts, tool, boundary, baseline)
  return [
    ...calls.flatMap((call) =>
      withElevation(boundaryReasons(boundary, call), granted, boundary.scopes.has(call.tool.server), call),
    ),
    ...(baseline === null ? [] : calls.flatMap((call) => baselineReasons(baseline, call))),
    ...checkReasons(facts, tool.name, boundary, baseline),
  ]
}

/**
 * The call as conditions see it. In a tainted run they are asked twice, as if it were not and as it is, and every match
 * counts: a condition on `run.tainted` can then only make the answer stricter (C13).
 */
export function callsOf(
  { action, agent, now, run, tool: known }: Facts,
  tool: ToolName,
  boundary: CompiledBoundary,
  baseline: CompiledFloor | null,
): Call[] {
  let size: number | undefined
  let verdict: SurfaceVerdict | undefined
  let floor: Reason[] | undefined
  const surface = surfaceOf(tool.name, known, action.arguments)
  return (run.tainted ? [false, true] : [false]).map((tainted) => ({
    tool,
    class: known?.class ?? null,
    input: {
      args: action.arguments,
      agent: { name: agent.slug, environment: agent.environment, team: agent.team },
      run: { id: run.id, tainted },
      ...attributed(action),
      now,
    },
    size: () => (size ??= jsonSize(action.arguments) + jsonSize(action.attributes ?? null)),
    surface: () => (verdict ??= surfaceVerdict(boundary, surface, action)),
    floor: () => (floor ??= baseline === null ? [] : floorReasons(baseline, surface, action)),
  }))
}

/** Resource and subject as conditions read them. What names them is the request's own: no property of that name takes its place. */
function attributed({ resource, attributes }: Facts['action']): Pick<Call['input'], 'resource' | 'subject'> {
  if (attributes === undefined) return { resource, subject: null }
  const { type, id, properties } = attributes.subject
  return { resource: resource && { ...attributes.resource, ...resource }, subject: { ...properties, type, id } }
}

/** Facts that are not what their type says must not read as "no halt" or "not tainted". */
function refuseTorn({ now, credential, halts, guarded, elevations, run }: Facts): void {
  const whole =
    Number.isFinite(now) &&
    typeof credential === 'boolean' &&
    Array.isArray(halts) &&
    Array.isArray(guarded) &&
    Array.isArray(elevations)
  if (!whole || typeof run.tainted !== 'boolean') throw new TypeError('the facts are torn')
}

/**
 * An approval takes away exactly the holds recorded with it, under the boundary it was given for; others stay. A hold is known by its
 * place, so one of the baseline goes only under the very baseline it was asked under: in another, another rule may have its place.
 */
function discharge(
  reasons: Reason[],
  approval: Discharge | null,
  boundaryDigest: string,
  baselineDigest: string | null,
): Reason[] {
  if (approval === null || approval.boundaryDigest !== boundaryDigest) return reasons
  const holds = dischargedBy(approval, baselineDigest)
  const approved = ({ code, rule }: Reason) => holds.some((hold) => hold.code === code && hold.rule === rule)
  return reasons.map((reason) =>
    REASONS[reason.code].decision === 'hold' && approved(reason)
      ? reasonFor('approved', reason.step, reason.rule)
      : reason,
  )
}

/** The holds of an approval that it still answers for under the baseline in force. */
export function dischargedBy({ holds, baselineDigest }: Discharge, inForce: string | null): Discharge['holds'] {
  return baselineDigest !== null && baselineDigest === inForce
    ? holds
    : holds.filter(({ rule }) => rule?.startsWith('baseline.') !== true)
}

/**
 * What a person would be asked about must be what would run. Arguments are redacted before they are stored, so a held action
 * with anything to redact in them would be approved unread: it is refused instead (C22, C41).
 */
function unseen({ action, approval }: Facts, decision: Decision): Reason[] {
  if (decision !== 'hold' || approval !== null) return []
  const said = [action.arguments, action.attributes ?? null] as JsonValue[]
  const kinds = new Set(said.flatMap((each) => redactSecrets(each).found.map(({ kind }) => kind)))
  return [...kinds].map((kind) => reasonFor('secret_in_arguments', STEPS.secrets, `secrets.${kind}`))
}

/** A person can only answer what they can read: beyond the share of the inbox one more is refused, and says so (C39). */
function crowded({ full, approval }: Facts, decision: Decision): Reason[] {
  return decision === 'hold' && approval === null && full !== undefined
    ? [reasonFor('inbox_full', STEPS.limits, `inbox.${full}`)]
    : []
}

/** Where nobody is asked by asking whether it is allowed, what would be held is refused; its first rule, and every text, are told with it. */
function unasked({ asks, approval }: Facts, found: readonly Reason[], decision: Decision): Reason[] {
  if (decision !== 'hold' || approval !== null || asks !== false) return []
  const holds = found.filter(({ code }) => REASONS[code].decision === 'hold').toSorted(compareReasons)
  const why = [...new Set(holds.map(({ text }) => text))].join(' ')
  return [reasonFor('not_asked', STEPS.rules, holds[0]?.rule ?? null, why)]
}

/** A contained agent keeps its allowed reads; everything else is forbidden with the code that says why. */
function contain(free: Evaluation, reasons: Reason[], contained: Reason[], { tool }: Facts): Evaluation {
  if (contained.length === 0) return free
  if (free.decision === 'allow' && tool?.class?.access === 'read') return { ...free, contained: true }
  return settle([...contained, ...reasons], true)
}

/** Of what an observing boundary would have held or forbidden, only what binds all the same is; the rest is allowed, and told. */
function observed(free: Evaluation, found: readonly Reason[], facts: Facts): Evaluation {
  if (free.decision === 'allow') return free
  const would = { decision: free.decision, reasons: free.reasons }
  const binding = found.filter((reason) => REASONS[reason.code].decision !== 'allow' && isEnforced(reason))
  if (binding.length === 0) return { ...settle([reasonFor('observed', STEPS.rules, 'mode')], false), observed: would }
  const { decision } = settle(binding, false)
  const more = [...unseen(facts, decision), ...crowded(facts, decision), ...unasked(facts, binding, decision)]
  const bound = settle([...binding, ...more], false)
  return bound.decision === free.decision ? bound : { ...bound, observed: would }
}

/** What an elevation allows, it allows until it ends: so does the grant of the action. */
function untilEnd(free: Evaluation, granted: Lifted | null): Evaluation {
  if (granted === null || free.decision !== 'allow' || !free.reasons.some(({ code }) => code === 'elevated'))
    return free
  return { ...free, until: granted.until }
}

function settle(reasons: readonly Reason[], contained: boolean): Evaluation {
  const of = (decision: Decision) => reasons.filter(({ code }) => REASONS[code].decision === decision)
  const decision = DECISIONS.findLast((candidate) => of(candidate).length > 0) ?? 'forbid'
  const matches = of(decision)
  // What a person approved is the reason it runs, whatever would have allowed part of it by itself.
  const told = matches.some(({ code }) => code === 'approved')
    ? matches.filter(({ code }) => code === 'approved')
    : matches
  const sorted = told.toSorted(compareReasons)
  const distinct = sorted.filter((reason, i) => {
    const before = sorted[i - 1]
    return before === undefined || compareReasons(before, reason) !== 0
  })
  const [reason] = distinct
  if (reason === undefined) throw new Error('no rule said anything')
  return { decision, reason, reasons: distinct, contained }
}
