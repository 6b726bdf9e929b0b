import { randomBytes } from 'node:crypto'
import { sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { append, prepareEntry } from '@/lib/ledger/append'
import type { EntryFacts } from '@/lib/ledger/entry'
import type { IssuedCredential } from './contract'
import { isUsable, mint, overlapEnd } from './credential'
import { credentialOf, insertCredential, lockAgent, type AgentRow } from './store'

/**
 * Replaces a credential: a new one is made, and the old one goes on for so many hours, so that nothing has to stop while
 * the new secret is deployed (C03). The new one is stored first: were the old one ended first, a crash in between would
 * leave the agent without any. Takes lock K, so it is given a database and no transaction.
 * @param credentialId bare UUID of the one that ends
 * @throws Fault `not_found`, or `wrong_state` when it has ended, or was rotated to an earlier end
 */
export async function rotateCredential(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  credentialId: string,
  overlapHours: number,
  now: Date,
): Promise<IssuedCredential> {
  const old = await credentialOf(db, agent.id, credentialId)
  if (old === null) throw fault('not_found')
  if (!isUsable(old, now)) throw fault('wrong_state', { detail: 'This credential has ended. Make a new one instead.' })
  const facts = {
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
  } as const satisfies Partial<EntryFacts>
  const id = newId(now.getTime())
  const { clientId, clientSecret } = mint(randomBytes(44))
  await transaction(async (tx) => {
    const state = await lockAgent(tx, agent.id)
    if (state === 'retired') throw fault('wrong_state', { detail: 'A retired agent is given no credential.' })
    await insertCredential(tx, {
      id,
      agentId: agent.id,
      clientId,
      secretHash: sha256(clientSecret),
      createdBy: person.id,
    })
    await append(tx, { ...facts, kind: 'credential.created', about: { credential: id } })
  })

  const ends = overlapEnd(now, overlapHours)
  const entry = await prepareEntry(db, {
    ...facts,
    kind: 'credential.rotated',
    about: { credential: old.id },
    payload: { replaced_by: id, ends: ends.toISOString() },
  })
  try {
    await changeOrRefuse('credential.rotate', { id: old.id, expires_at: ends.toISOString(), by: person.id }, entry)
  } catch (error) {
    // Nobody will ever see this secret: it must not stay usable.
    const undo = await prepareEntry(db, { ...facts, kind: 'credential.revoked', about: { credential: id } })
    await changeOrRefuse('credential.revoke', { id, by: person.id }, undo)
    throw error
  }
  return { id: publicId('credential', id), clientId, clientSecret, endsOld: ends.toISOString() }
}
