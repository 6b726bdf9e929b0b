import { fault } from '@/lib/core/fault'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import type { ClosingInput } from './contract'
import { mayClose } from './review'
import { findReview, insertClosing } from './store'

/**
 * One person says what they found in a change that an agent made by itself. Once and for good: a problem raises an alert that names the
 * agent (`lib/alerts` hears of the entry), and nothing takes the finding back.
 * @throws Fault `not_found`, `separation_of_duties`, `already_decided` saying who was first
 */
export async function closeReview(db: Db, actor: Actor, actionId: string, given: ClosingInput): Promise<void> {
  const review = await findReview(db, actionId)
  if (review === null) throw fault('not_found', { detail: 'No review is owed for this action.' })
  if (review.closed_at !== null) throw tooLate(review.closed_by, review.closed_at)
  const { owner_id: ownerId, owner_then_id: ownerThenId, requester_id: requesterId } = review
  const may = mayClose(actor, { ownerId, ownerThenId, requesterId }, given.finding)
  if (!may.ok) throw fault('separation_of_duties', { detail: may.reason })
  const note = redactText(given.note).text // C41: kept and shown without the secrets that slipped into it
  if (!(await insertClosing(db, { actionId, personId: actor.id, finding: given.finding, note }))) {
    const first = await findReview(db, actionId)
    throw tooLate(first?.closed_by ?? null, first?.closed_at ?? null)
  }
  await append(db, {
    kind: 'review.closed',
    actor: `person:${actor.id}`,
    agent: review.agent_id,
    owner: ownerId,
    action: actionId,
    labels: [given.finding],
    ...(note !== '' && { payload: { note } }),
  })
}

function tooLate(who: string | null, at: Date | null) {
  return fault('already_decided', {
    detail: `${who ?? 'Somebody'} closed this review before you${at === null ? '' : `, at ${at.toISOString()}`}.`,
  })
}
