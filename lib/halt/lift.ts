import { openApproval } from '@/lib/approvals/open'
import { answererOf, newestApprovalAbout, verdictsGiven } from '@/lib/approvals/read'
import { mayTakeSeat, seatRule, SEAT_REFUSALS } from '@/lib/approvals/seat'
import { vote } from '@/lib/approvals/vote'
import type { Answer } from '@/lib/approvals/approval'
import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { db, transaction, type Db } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { append, prepareEntry } from '@/lib/ledger/append'
import { pool } from '@/lib/db/pool'
import type { Actor } from '@/lib/people/actor'
import { findHalt, lockLift, type HaltRow } from './store'

/** How long a request to lift waits for the second person, in milliseconds. */
export const LIFT_MS = 3_600_000
const SEATS = 2

/** One person who would lift a halt. `digest` is of the request they agree with; absent when they are the first to ask. */
export type LiftRequest = { haltId: string; actor: Actor; reason: string; digest?: Buffer; answer?: Answer; now: Date }

/** `asked`: it takes one more person. `refused`: the request was turned down. `lifted`: agents may run again. */
export type LiftAnswer = {
  status: 'asked' | 'refused' | 'lifted'
  approvalId: string
  seats: number
  approvals: number
}

/**
 * Asks to lift a halt, or agrees with the colleague who asked (C34): two people with a reason, one of whom did not engage it. The
 * second one's verdict is for the request they saw. The verdicts commit first; then the gate checks them itself, under lock K,
 * and lifts. If that is cut off in between, whoever presses again completes it.
 * @throws Fault `not_found`, `wrong_state` (lifted already), `digest_mismatch`, `separation_of_duties`, `not_permitted`
 */
export async function lift(request: LiftRequest): Promise<LiftAnswer> {
  const agreed = await transaction((tx) => agree(tx, request))
  if (agreed.status !== 'lifted') return agreed
  await complete(request, agreed.approvalId)
  return agreed
}

async function agree(
  db: Db,
  { haltId, actor, reason, digest, answer = 'approve', now }: LiftRequest,
): Promise<LiftAnswer> {
  const halt = await findHalt(db, haltId)
  if (halt === null) throw fault('not_found', { detail: 'There is no such halt.' })
  if (halt.lifted_at !== null) throw fault('wrong_state', { detail: 'This halt was lifted already.' })
  await lockLift(db, haltId)
  const newest = await newestApprovalAbout(db, 'halt_lift', haltId)
  // Agreed on before, and cut off before the gate heard of it. Not for ever: who agreed an hour ago agreed with another situation.
  if (newest?.status === 'approved' && newest.closedAt !== null && newest.closedAt.getTime() + LIFT_MS > now.getTime())
    return { status: 'lifted', approvalId: newest.id, seats: SEATS, approvals: SEATS }
  const open = newest?.status === 'pending' && newest.expiresAt > now ? newest : null
  if (open === null && (digest !== undefined || answer === 'reject')) {
    throw fault('expired', { detail: 'The request to lift this halt is over. Ask anew.' })
  }
  if (open !== null && digest === undefined) {
    throw fault('digest_mismatch', {
      detail: 'A colleague has asked to lift this halt in the meantime. Read their reason, then agree or not.',
    })
  }
  const asked = digest ?? requestDigest(haltId, reason, actor.id)
  const rule = seatRule('halt_lift', { notAloneId: halt.engaged_by })
  const seat = mayTakeSeat(rule, SEATS, [], answererOf(actor), answer)
  if (!seat.ok && open === null) throw fault('not_permitted', { detail: SEAT_REFUSALS[seat.reason] })
  const approvalId =
    open?.id ??
    (await openApproval(
      db,
      {
        kind: 'halt_lift',
        subjectId: haltId,
        digest: asked,
        agentId: null,
        seats: SEATS,
        rule,
        expiresAt: new Date(now.getTime() + LIFT_MS),
      },
      now,
    ))
  const voted = await vote(db, {
    approvalId,
    person: { ...answererOf(actor), name: actor.name },
    answer,
    reason,
    digest: asked,
    now,
  })
  const status = voted.status === 'approved' ? 'lifted' : voted.status === 'rejected' ? 'refused' : 'asked'
  // the lift itself has its own entry, written with it
  if (status !== 'lifted') {
    await append(db, {
      kind: 'halt.lift_voted',
      actor: `person:${actor.id}`,
      ...aboutHalt(halt),
      about: { halt: haltId, approval: approvalId },
      verdicts: verdictsOf(voted.verdicts),
      ...(reason !== '' && { payload: { reason } }),
    })
  }
  return {
    status,
    approvalId,
    seats: SEATS,
    approvals: voted.verdicts.filter((each) => each.answer === 'approve').length,
  }
}

async function complete({ haltId, actor, reason }: LiftRequest, approvalId: string): Promise<void> {
  const connections = pool('reserved')
  const [halt, given] = await Promise.all([findHalt(connections, haltId), verdictsGiven(db(), approvalId)])
  const first = given[0]?.reason ?? reason
  const entry = await prepareEntry(connections, {
    kind: 'halt.lifted',
    actor: `person:${actor.id}`,
    ...(halt !== null && aboutHalt(halt)),
    about: { halt: haltId, approval: approvalId },
    verdicts: verdictsOf(given),
    payload: { reasons: given.map((each) => ({ person: each.personId, reason: each.reason })) },
  })
  const applied = await applyChange(
    'halt.lift',
    { id: haltId, reason: first, by: actor.id },
    { ...entry, projection: null },
    connections,
  )
  if (!applied.applied && applied.refused !== 'wrong_state') throw fault(applied.refused)
}

/** What the second person agrees with: this halt, this reason, this colleague. */
export function requestDigest(haltId: string, reason: string, askerId: string): Buffer {
  return sha256(canonicalBytes({ v: 1, lift: publicId('halt', haltId), reason, by: publicId('person', askerId) }))
}

const verdictsOf = (given: readonly { personId: string; answer: Answer }[]) =>
  given.map(({ personId, answer }) => ({ person: personId, answer, capability: 'halt_lift' }))

const aboutHalt = (halt: HaltRow) => ({
  agent: halt.agent_id,
  owner: halt.owner_id,
  run: halt.scope === 'run' ? halt.target : null,
  labels: [halt.scope],
})
