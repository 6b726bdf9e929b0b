import { openApproval } from '@/lib/approvals/open'
import { answererOf } from '@/lib/approvals/read'
import { SEAT_REFUSALS, mayTakeSeat, seatRule } from '@/lib/approvals/seat'
import { vote } from '@/lib/approvals/vote'
import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { DEFAULT_WINDOW_MS, type DrillScope } from './drill'
import { scheduleInForce } from './drills-due'
import { LIFT_MS } from './staged-lift'
import { agentsIn, refuseSecond } from './rehearse'
import { findInForce } from './store'
import { insertDrill, lockDrills, tellDrill } from './store-drill'
import { type Named, TARGETS } from './targets'

/** A live drill somebody asks for. */
export type LivePlan = { scope: DrillScope; named: Named; note: string; windowMs?: number; actor: Actor; now: Date }

export const LIVE_SEATS = 2

/**
 * Plans a live drill (ADR 0038): it begins when a second person signs. Both sign the lift of a halt that does not exist yet, by the very approval every
 * lift takes; so when it has been measured two people have agreed to lift it, one of whom did not engage it.
 * @throws Fault as `rehearse`, `wrong_state` where this is halted already, `not_permitted`, `invalid_request` on `note`
 */
export async function planLiveDrill(
  db: Db,
  { scope, named, note: said, windowMs = DEFAULT_WINDOW_MS, actor, now }: LivePlan,
): Promise<string> {
  const note = redactText(said).text
  if (note === '') throw fault('invalid_request', { field: 'note', detail: 'Say why: the second person signs it.' })
  const { target, agent, owner, word } = await TARGETS[scope](db, named)
  await lockDrills(db)
  await refuseSecond(db, scope, target)
  if ((await findInForce(db)).some((halt) => halt.scope === scope && halt.target === target))
    throw fault('wrong_state', { detail: 'This is halted already, so there is nothing to measure.' })
  await agentsIn(db, scope, target)
  const rule = seatRule('halt_lift', { notAloneId: actor.id })
  const seat = mayTakeSeat(rule, LIVE_SEATS, [], answererOf(actor), 'approve')
  if (!seat.ok) throw fault('not_permitted', { detail: SEAT_REFUSALS[seat.reason] })
  const { targetMs } = await scheduleInForce(db)
  const [id, haltId] = [newId(now.getTime()), newId(now.getTime())]
  const digest = planDigest({ id, haltId, scope, target, note, targetMs, windowMs, askerId: actor.id })
  const approvalId = await openApproval(
    db,
    {
      kind: 'halt_lift',
      subjectId: haltId,
      digest,
      agentId: null,
      seats: LIVE_SEATS,
      rule,
      expiresAt: new Date(now.getTime() + LIFT_MS),
    },
    now,
  )
  await vote(db, {
    approvalId,
    person: { ...answererOf(actor), name: actor.name },
    answer: 'approve',
    reason: note,
    digest,
    now,
  })
  await insertDrill(db, {
    id,
    kind: 'live',
    scope,
    target,
    note,
    target_ms: targetMs,
    window_ms: windowMs,
    asked_by: actor.id,
    halt_id: haltId,
    approval_id: approvalId,
  })
  await append(db, {
    kind: 'drill.planned',
    actor: `person:${actor.id}`,
    agent,
    owner,
    about: { approval: approvalId, drill: id, halt: haltId },
    labels: ['live', scope, ...(word === null ? [] : [word])],
    verdicts: [{ person: actor.id, answer: 'approve', capability: 'halt_lift' }],
    payload: { note, target_ms: targetMs, window_ms: windowMs },
  })
  await tellDrill(db, id)
  return id
}

type Plan = {
  id: string
  haltId: string
  scope: string
  target: string
  note: string
  targetMs: number
  windowMs: number
  askerId: string
}

/** What both sign: this halt, of this scope, for so long at most, lifted when it has been measured. */
export function planDigest({ id, haltId, scope, target, note, targetMs, windowMs, askerId }: Plan): Buffer {
  return sha256(
    canonicalBytes({
      v: 1,
      drill: publicId('drill', id),
      lift: publicId('halt', haltId),
      scope,
      target,
      target_ms: targetMs,
      window_ms: windowMs,
      reason: note,
      by: publicId('person', askerId),
    }),
  )
}
