import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { upstreamById } from './store'
import { needsSignature, signingSentence } from './upstream'

/**
 * Connects a proposed upstream, in one's own name: from now on agents whose boundary reaches it may call it. What can write to production is
 * signed for by a ciso who did not propose it (C08); the gate holds that too. Takes lock K, so it is given a database and no transaction.
 * @param digest hex of what the person read
 * @throws Fault `not_found`, `wrong_state`, `digest_mismatch`, `separation_of_duties`, `not_permitted`, `conflict` (its owner is gone)
 */
export async function connectUpstream(
  db: Db,
  person: { id: string },
  id: string,
  digest: string,
): Promise<{ name: string }> {
  const row = await upstreamById(db, id)
  if (row === null) throw fault('not_found')
  const signed = needsSignature(row)
  const statement = signed ? signingSentence(row) : ''
  const entry = await prepareEntry(db, {
    kind: 'upstream.connected',
    actor: `person:${person.id}`,
    owner: row.ownerId,
    about: { upstream: id },
    labels: signed ? ['signed'] : [],
    subject: 'organisation',
    payload: { name: row.name, address: row.address, statement, digest: `sha256:${row.digest.toString('hex')}` },
    projection: { sentence: `Agents can be let to ${row.name} from now on` },
  })
  await changeOrRefuse('upstream.connect', { id, by: person.id, digest, statement }, entry)
  return { name: row.name }
}

/**
 * Disconnects an upstream, or withdraws one that waits: nothing reaches it any more, what runs there is broken off, its credential is
 * forgotten. One person suffices: it only narrows. Takes lock K. @throws Fault `not_found`, `wrong_state`
 */
export async function disconnectUpstream(
  db: Db,
  person: { id: string },
  id: string,
  reason: string,
): Promise<{ name: string }> {
  const row = await upstreamById(db, id)
  if (row === null) throw fault('not_found')
  const entry = await prepareEntry(db, {
    kind: 'upstream.disconnected',
    actor: `person:${person.id}`,
    owner: row.ownerId,
    about: { upstream: id },
    labels: [row.state],
    subject: 'organisation',
    payload: { name: row.name, reason },
    projection: { sentence: `${row.name} is no longer reached by agents` },
  })
  await changeOrRefuse('upstream.disconnect', { id, by: person.id, reason }, entry)
  return { name: row.name }
}
