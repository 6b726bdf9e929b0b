import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import type { AgentRow } from './store'
import { findRunner } from './store-runners'

/**
 * Ends a runner now: nothing it signs is believed any more, and every unused grant of its agent is dead. Takes lock K, so it is given a
 * database and no transaction.
 * @throws Fault `not_found`, or `wrong_state` when it was revoked already
 */
export async function revokeRunner(db: Db, person: { id: string }, agent: AgentRow, runnerId: string): Promise<void> {
  const runner = await findRunner(db, agent.id, runnerId)
  if (runner === null) throw fault('not_found', { detail: 'This agent has no such runner.' })
  const entry = await prepareEntry(db, {
    kind: 'runner.revoked',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    payload: { runner: publicId('runner', runner.id), name: runner.name, thumbprint: runner.thumbprint },
  })
  await changeOrRefuse('runner.revoke', { id: runner.id, by: person.id }, entry)
}
