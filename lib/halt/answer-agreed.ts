import type { Answer } from '@/lib/approvals/approval'
import { answererOf, verdictsGiven } from '@/lib/approvals/read'
import { mayTakeSeat, SEAT_REFUSALS } from '@/lib/approvals/seat'
import type { Voted } from '@/lib/approvals/vote'
import { fault } from '@/lib/core/fault'
import { db as ordinary, type Db } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { aboutHalt } from './about-halt'
import { askedBy, refuseOtherName } from './lift-request'
import type { LiftStage } from './staged-lift'
import { findHalt, type HaltRow } from './store'

/** What one person says of a halt, as `LiftRequest` of `lift.ts` has it. */
type Said = { haltId: string; actor: Actor; reason: string; typed: string; digest?: Buffer; answer?: Answer }

/**
 * Judges an answer to what two people agreed to before and the gate has not done (ADR 0042). Only whoever means exactly that completes it: they name the
 * digest and the name, as the two did. `keep`: they said no, and `keepHalted` is to follow, once the caller's transaction is over.
 * @throws Fault `wrong_state` (a live drill goes on), `not_permitted`, `digest_mismatch`, `invalid_request` on `typed`
 */
export async function answerAgreed(
  db: Db,
  { actor, typed, digest, answer = 'approve' }: Said,
  { halt, approval, agreed }: { halt: HaltRow; approval: Voted['approval']; agreed: 'cut_off' | 'drill' },
): Promise<{ stage: LiftStage; approvalId: string; keep: boolean }> {
  if (agreed === 'drill') throw fault('wrong_state', { detail: OF_DRILL })
  const seat = mayTakeSeat(approval.rule, approval.seats, [], answererOf(actor), answer)
  if (!seat.ok) throw fault('not_permitted', { detail: SEAT_REFUSALS[seat.reason] })
  const { stage, name } = await askedBy(db, approval.id, halt)
  const keep = answer === 'reject'
  // a no needs no digest: it only makes things stricter
  if (digest === undefined ? !keep : !digest.equals(approval.digest)) {
    const detail = `Two people agreed already to let go ${name}. Open the halt: complete that, or keep it in force.`
    throw fault('digest_mismatch', { field: 'digest', detail })
  }
  if (!keep) refuseOtherName(typed, name)
  return { stage, approvalId: approval.id, keep }
}

const OF_DRILL =
  'This is the halt of a live drill, which lifts it once it has been measured. If it is to stay, say on the page of the drill that it is real.'

/**
 * Ends what two people agreed to, under lock K: either it was lifted before, or it never is by that agreement.
 * @throws Fault `wrong_state` when it was lifted before
 */
export async function keepHalted(
  { haltId, actor, reason }: Pick<Said, 'haltId' | 'actor' | 'reason'>,
  approvalId: string,
  stage: LiftStage,
): Promise<void> {
  const connections = pool('reserved')
  const [halt, given] = await Promise.all([findHalt(connections, haltId), verdictsGiven(ordinary(), approvalId)])
  const said = [...given, { personId: actor.id, answer: 'reject' as const }]
  const entry = await prepareEntry(connections, {
    kind: 'halt.lift_voted',
    actor: `person:${actor.id}`,
    ...(halt !== null && aboutHalt(halt, stage)),
    about: { halt: haltId, approval: approvalId },
    verdicts: said.map(({ personId, answer }) => ({ person: personId, answer, capability: 'halt_lift' })),
    ...(reason !== '' && { payload: { reason } }),
  })
  const change = { id: haltId, approval: approvalId }
  const applied = await applyChange('halt.keep', change, { ...entry, projection: null }, connections)
  if (!applied.applied) throw fault(applied.refused, { detail: 'It was let go in the meantime: halt it again.' })
}
