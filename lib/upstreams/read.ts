import { fault } from '@/lib/core/fault'
import { ledger } from '@/lib/ledger/handle'
import type { Sql } from '@/lib/ledger/sql'
import { openSecret } from '@/lib/notify/secret'
import { upstreamById, upstreamByName, upstreamRows, type UpstreamRow } from './store'
import { needsSignature } from './upstream'

/** An upstream as screens and programs see it: no secret. */
export type UpstreamView = Omit<UpstreamRow, 'secret' | 'digest'> & {
  /** hex */
  digest: string
  /** whether a credential is kept for it */
  credential: boolean
  /** whether a ciso who did not propose it has to sign */
  signed: boolean
}

/** Every upstream, the living first. */
export async function listUpstreams(sql: Sql): Promise<UpstreamView[]> {
  return (await upstreamRows(sql)).map(viewOf)
}

/** The living upstream of a name, else the last that was. @throws Fault `not_found` */
export async function readUpstream(sql: Sql, name: string): Promise<UpstreamView> {
  const row = await upstreamByName(sql, name)
  if (row === null) throw fault('not_found', { detail: 'There is no such server.' })
  return viewOf(row)
}

/** What the permission table is asked about an upstream. @throws Fault `not_found` */
export async function upstreamSubject(
  sql: Sql,
  id: string,
): Promise<{ ownerId: string; drafterId: string | null; name: string }> {
  const row = await upstreamById(sql, id)
  if (row === null) throw fault('not_found')
  // only what takes a signature takes somebody else
  return { ownerId: row.ownerId, drafterId: needsSignature(row) ? row.proposedBy : null, name: row.name }
}

function viewOf({ secret, digest, ...row }: UpstreamRow): UpstreamView {
  return { ...row, digest: digest.toString('hex'), credential: secret !== null, signed: needsSignature(row) }
}

/** A connected upstream as the gateway calls it; `credential`: the header it is sent, opened. */
export type Connected = Pick<
  UpstreamRow,
  'id' | 'name' | 'transport' | 'address' | 'private' | 'ownerId' | 'production' | 'trusted'
> & { credential: { header: string; value: string } | null }

/**
 * The upstream agents reach under a name, read anew each time: nothing of it is cached, since disconnecting holds at once.
 * @returns null where none is connected
 * @throws Fault `unavailable` where its credential cannot be opened with the keys of this server
 */
export async function connectedUpstream(sql: Sql, name: string): Promise<Connected | null> {
  const row = await upstreamByName(sql, name)
  if (row === null || row.state !== 'connected' || row.name !== name) return null
  const { id, transport, address, private: inside, ownerId, production, trusted } = row
  const base = { id, name, transport, address, private: inside, ownerId, production, trusted }
  if (row.secret === null || row.header === null) return { ...base, credential: null }
  const opened = openSecret(id, row.secret, ledger().keys.payload)
  if (opened === null)
    throw fault('unavailable', { detail: `The credential of ${name} cannot be opened. Replace it in the console.` })
  return { ...base, credential: { header: row.header, value: opened.current } }
}

/** Whether agents reach an upstream under a name. */
export async function isConnected(sql: Sql, name: string): Promise<boolean> {
  return (await upstreamByName(sql, name))?.state === 'connected'
}
