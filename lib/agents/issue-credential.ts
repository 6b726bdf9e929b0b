import { randomBytes } from 'node:crypto'
import { sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { IssuedCredential } from './contract'
import { MOST_CREDENTIALS, mint } from './credential'
import { countUsableCredentials, insertCredential, lockAgent, type AgentRow } from './store'

/**
 * Makes a credential for an agent and answers its secret, this once: only its hash is kept (C01, C03). Run it in a
 * transaction.
 * @throws Fault `wrong_state` for a retired agent, `conflict` when it has as many usable ones as an agent may have
 */
export async function issueCredential(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  now: Date,
): Promise<IssuedCredential> {
  // Two people making one at once are counted one after the other.
  const state = await lockAgent(db, agent.id)
  if (state === 'retired') throw fault('wrong_state', { detail: 'A retired agent is given no credential.' })
  if ((await countUsableCredentials(db, agent.id, now)) >= MOST_CREDENTIALS)
    throw fault('conflict', {
      detail: `It has ${String(MOST_CREDENTIALS)} usable credentials already. Revoke one that is not in use first.`,
    })
  const id = newId(now.getTime())
  const { clientId, clientSecret } = mint(randomBytes(44))
  await insertCredential(db, {
    id,
    agentId: agent.id,
    clientId,
    secretHash: sha256(clientSecret),
    createdBy: person.id,
  })
  await append(db, {
    kind: 'credential.created',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    about: { credential: id },
  })
  return { id: publicId('credential', id), clientId, clientSecret, endsOld: null }
}
