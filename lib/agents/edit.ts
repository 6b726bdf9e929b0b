import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import type { EditInput } from './contract'
import { teamExists, type AgentRow } from './store'

/**
 * Changes what an agent is for and where it works. Takes lock K, so it is given a database and no transaction.
 * @throws Fault `invalid_request` for an unknown team, `wrong_state` for a retired agent, `frozen` for another team or
 * environment while a halt of the one it is in stops it
 */
export async function edit(db: Db, person: { id: string }, agent: AgentRow, input: EditInput): Promise<void> {
  if (!(await teamExists(db, input.teamId)))
    throw fault('invalid_request', { field: 'teamId', detail: 'There is no such team any more. Choose another.' })
  const entry = await prepareEntry(db, {
    kind: 'agent.edited',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    payload: {
      before: { purpose: agent.purpose, team: agent.teamId, environment: agent.environment },
      after: { purpose: input.purpose, team: input.teamId, environment: input.environment },
    },
  })
  await changeOrRefuse(
    'agent.edit',
    { id: agent.id, by: person.id, purpose: input.purpose, team_id: input.teamId, environment: input.environment },
    entry,
  )
}
