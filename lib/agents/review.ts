import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { dayIn, reviewDateProblem } from './agent'
import { timeZone, type AgentRow } from './store'

/**
 * Confirms that somebody looked at an agent again, and sets the day of the next look (C11): an overdue one ends its
 * containment so. Takes lock K, so it is given a database and no transaction.
 * @throws Fault `invalid_request` for a date that has passed or lies more than a year ahead
 */
export async function review(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  input: { reviewDate: string; note: string },
  now: Date,
): Promise<void> {
  const problem = reviewDateProblem(input.reviewDate, dayIn(await timeZone(db), now.getTime()))
  if (problem !== null) throw fault('invalid_request', { field: 'reviewDate', detail: problem })
  const entry = await prepareEntry(db, {
    kind: 'agent.reviewed',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    payload: { note: input.note, before: agent.reviewDate, after: input.reviewDate },
  })
  await changeOrRefuse('agent.edit', { id: agent.id, by: person.id, review_date: input.reviewDate }, entry)
}
