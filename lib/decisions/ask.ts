import { ruleAt } from '@/lib/approvals/escalation'
import { answererOf } from '@/lib/approvals/read'
import { tellApproval } from '@/lib/approvals/tell'
import { mayTakeSeat, SEAT_REFUSALS } from '@/lib/approvals/seat'
import { approvalFacts } from '@/lib/approvals/read'
import { fault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { askedAction } from '@/lib/decisions/asked-action'
import { lockAction, tellAction } from '@/lib/decisions/store-actions'
import { insertQuestion, listQuestions } from '@/lib/decisions/store-questions'
import { append } from '@/lib/ledger/append'
import { keptWith } from '@/lib/ledger/subject-key'
import type { Actor } from '@/lib/people/actor'

const MOST = 20

/** What somebody wants to know before they answer. */
export type Question = { approvalId: string; actor: Actor; text: string; now: Date }

/**
 * Asks the agent of a held action something, in the caller's transaction: the question, and one entry. The agent is told where it waits, and the
 * deadline stands. Whoever could take a seat asks, and so do those whom only their tie to the request keeps from one (its owner, who asked
 * for it, who has answered).
 * @throws Fault `not_found`, `frozen`, `wrong_state` also where it was erased, `not_permitted`, `already_exists` where a question stands
 */
export async function askQuestion(db: Db, { approvalId, actor, text, now }: Question): Promise<{ id: string }> {
  const action = await askedAction(db, approvalId, lockAction, now)
  const approval = await approvalFacts(db, approvalId)
  if (action.status !== 'held' || approval === null || approval.expiresAt <= now)
    throw fault('wrong_state', { detail: `Only what waits can be asked about; this is ${action.status}.` })
  const seat = mayTakeSeat(
    ruleAt(approval.rule, approval.openedAt, now),
    approval.seats,
    [],
    answererOf(actor),
    'approve',
  )
  if (!seat.ok && ['not_eligible', 'inactive', 'not_yet'].includes(seat.reason))
    throw fault('not_permitted', { detail: SEAT_REFUSALS[seat.reason] })
  if ((await keptWith(db, action.id)) === undefined)
    throw fault('wrong_state', { detail: 'What was asked was erased since.' })
  const before = await listQuestions(db, approvalId)
  if (before.length >= MOST)
    throw fault('wrong_state', { detail: `It was asked ${String(MOST)} things. Reject it with what is still missing.` })
  const id = newId(now.getTime())
  const said = redactText(text).text // C41
  if (!(await insertQuestion(db, { id, approvalId, personId: actor.id, text: said, at: now })))
    throw fault('already_exists', { field: 'text', detail: 'A question stands. Its agent has to answer that first.' })
  await append(db, {
    kind: 'approval.asked',
    actor: `person:${actor.id}`,
    ...aboutAction(action),
    under: action.id,
    payload: { question: publicId('question', id), text: said },
  })
  await tellAction(db, action.id)
  await tellApproval(db, approvalId)
  return { id }
}
