import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { ApprovalKind } from './approval'
import type { SeatRule } from './seat'
import { insertApproval, notifyApproval } from './store'

/** A question to people about one digest, to be answered until a moment. */
export type Question = {
  kind: ApprovalKind
  subjectId: string
  digest: Buffer
  agentId: string | null
  seats: number
  rule: SeatRule
  expiresAt: Date
}

/** Opens an approval in the caller's transaction and answers its id. (Held actions open theirs inside decide().) */
export async function openApproval(db: Db, question: Question, now: Date): Promise<string> {
  const id = newId(now.getTime())
  await insertApproval(db, { id, ...question, requesterId: question.rule.requesterId })
  await notifyApproval(db, id)
  return id
}
