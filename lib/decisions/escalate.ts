import { statusAt } from '@/lib/approvals/approval'
import { escalationsOf } from '@/lib/approvals/escalation'
import { approvalFacts } from '@/lib/approvals/read'
import { tellStep, untoldSubjects } from '@/lib/approvals/tell-escalation'
import type { Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { lockAction } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'
import type { Sql } from '@/lib/ledger/sql'

/** Held actions a step of which is due and untold, at most so many: each in a transaction of its own, by `escalateAction`. */
export function dueEscalations(sql: Sql, now: Date, most = 200): Promise<string[]> {
  return untoldSubjects(sql, now, most)
}

/**
 * Writes every step of one waiting action that is due into the record, once each, in the caller's transaction: the entry is what
 * alerts and notifications follow. Who may answer is the rule's and the clock's to say (`ruleAt`); however late this runs, it changes
 * nothing of that.
 * @returns how many steps were written
 */
export async function escalateAction(db: Db, actionId: string, now: Date): Promise<number> {
  const action = await lockAction(db, actionId)
  const approval = action?.approval_id == null ? null : await approvalFacts(db, action.approval_id)
  if (action === null || approval === null || statusAt(approval, now) !== 'pending') return 0
  let told = 0
  for (const { step, at, to, seated } of escalationsOf(approval.rule, approval)) {
    if (at > now || !(await tellStep(db, approval.id, step, now))) continue
    told += 1
    await append(db, {
      kind: 'approval.escalated',
      actor: 'system',
      ...aboutAction(action),
      labels: [seated ? 'asked' : 'told', ...new Set(to.map(wordOf))],
    })
  }
  return told
}

/** A word without a name: `ciso`, `team`, `named`. */
const wordOf = (word: string): string => (word.includes('@') ? 'named' : word.startsWith('team:') ? 'team' : word)
