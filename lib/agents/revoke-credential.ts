import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { credentialOf, type AgentRow } from './store'

/**
 * Ends a credential now: its next call fails, its tokens are worth nothing, and every unused grant of its agent is dead
 * (C03). Takes lock K, so it is given a database and no transaction.
 * @throws Fault `not_found`, or `wrong_state` when it was revoked already
 */
export async function revokeCredential(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  credentialId: string,
): Promise<void> {
  const credential = await credentialOf(db, agent.id, credentialId)
  if (credential === null) throw fault('not_found')
  const entry = await prepareEntry(db, {
    kind: 'credential.revoked',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    about: { credential: credential.id },
  })
  await changeOrRefuse('credential.revoke', { id: credential.id, by: person.id }, entry)
}
