import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { dataInWords } from './agent'
import type { AcceptDataInput } from './contract'
import { writeData, type AgentRow } from './store'

/**
 * Says where the data an agent reads goes, and accepts that in one's own name (C30): the agent cannot be activated before
 * somebody has. Run it in a transaction.
 * @throws Fault `wrong_state` for a retired agent
 */
export async function acceptData(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  input: AcceptDataInput,
  now: Date,
): Promise<void> {
  if (agent.state === 'retired') throw fault('wrong_state', { detail: 'This agent is retired.' })
  const data = {
    provider: input.dataProvider,
    region: input.dataRegion,
    retention: input.dataRetention,
    agreement: input.dataAgreement,
    acceptedBy: person.id,
    acceptedAt: now,
  }
  await writeData(db, agent.id, data)
  await append(db, {
    kind: 'agent.data_accepted',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    payload: { before: dataInWords(agent.data), after: dataInWords(data) },
  })
}
