import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { mayOwn, type AgentRow } from './store'

/**
 * Makes another person answer for an agent, from now on: what happened before stays with the owner of then (C06). Takes
 * lock K, so it is given a database and no transaction.
 * @throws Fault `invalid_request` when that person is gone, changes nothing (an auditor), or owns it already
 */
export async function handOver(db: Db, person: { id: string }, agent: AgentRow, ownerId: string): Promise<void> {
  if (ownerId === agent.ownerId)
    throw fault('invalid_request', { field: 'ownerId', detail: 'This person answers for it already.' })
  await changeOwner(db, person, agent, ownerId, 'agent.handed_over')
}

/**
 * Takes over an agent whose owner is gone, in one's own name: that ends its containment.
 * @throws Fault `wrong_state` when somebody still answers for it
 */
export async function takeOver(db: Db, person: { id: string }, agent: AgentRow): Promise<void> {
  if (agent.ownerActive)
    throw fault('wrong_state', { detail: 'Somebody answers for this agent. Its owner can hand it over.' })
  await changeOwner(db, person, agent, person.id, 'agent.taken_over')
}

async function changeOwner(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  ownerId: string,
  kind: 'agent.handed_over' | 'agent.taken_over',
): Promise<void> {
  if (!(await mayOwn(db, ownerId)))
    throw fault('invalid_request', {
      field: 'ownerId',
      detail: 'Choose somebody who is active, and who is no auditor: an auditor changes nothing.',
    })
  const entry = await prepareEntry(db, {
    kind,
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: ownerId,
    about: { person: agent.ownerId },
  })
  await changeOrRefuse('agent.edit', { id: agent.id, by: person.id, owner_id: ownerId }, entry)
}
