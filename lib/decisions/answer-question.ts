import { tellApproval } from '@/lib/approvals/tell'
import { fault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import type { AnswerInput } from '@/lib/decisions/contract'
import { lockAction } from '@/lib/decisions/store-actions'
import { answerStanding } from '@/lib/decisions/store-questions'
import { append } from '@/lib/ledger/append'

/**
 * An agent answers what an approver asked about its held action, in the caller's transaction: the answer, and one entry. Answers never change.
 * @throws Fault `not_found` (also for another agent's action), `wrong_state` where nothing is asked, or it was erased
 */
export async function answerQuestion(
  db: Db,
  agentId: string,
  actionId: string,
  { text, question }: AnswerInput,
  now: Date,
): Promise<void> {
  const action = await lockAction(db, actionId)
  if (action === null || action.agent_id !== agentId)
    throw fault('not_found', { detail: 'This agent has no such action.' })
  if (action.status !== 'held' || action.approval_id === null)
    throw fault('wrong_state', { detail: `Only a held action is asked about; this one is ${action.status}.` })
  const named = question === undefined ? null : parsePublicId('question', question, 'question')
  const said = redactText(text).text // C41: it is kept, and shown to people
  const answered = await answerStanding(db, action.approval_id, named, said, now)
  if (answered === null)
    throw fault('wrong_state', { detail: 'No approver has asked a question about this action that still stands.' })
  await append(db, {
    kind: 'approval.answered',
    actor: 'agent',
    ...aboutAction(action),
    under: action.id,
    payload: { question: publicId('question', answered.id), text: said },
  })
  await tellApproval(db, action.approval_id)
}
