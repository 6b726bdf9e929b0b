import { randomBytes } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import { refuseBarredLiteral } from '@/lib/notify/reach'
import { sealSecret } from '@/lib/notify/secret'
import { connectUpstream } from './connect'
import type { ProposeInput } from './contract'
import { allowedFor } from './reach'
import { countLiving, insertUpstream, mayAnswerFor, setSecret, upstreamById } from './store'
import { statedDigest } from './digest'
import { MOST_UPSTREAMS, needsSignature } from './upstream'

/**
 * Proposes an MCP server. Where nothing on it can write to production and its results stay untrusted, who proposes it connects it by that;
 * otherwise it waits for a ciso (C08). Connecting takes lock K, so it is given a database and no transaction.
 * @throws Fault `already_exists` on `name`, `invalid_request` naming the field
 */
export async function proposeUpstream(
  db: Db,
  person: { id: string },
  input: ProposeInput,
  now: Date,
): Promise<{ id: string; name: string; connected: boolean }> {
  const { secret, ...stated } = input
  if (!(await mayAnswerFor(db, stated.ownerId)))
    throw fault('invalid_request', { field: 'ownerId', detail: 'Choose somebody who is active and no auditor.' })
  refuseAddress(stated)
  const id = newId(now.getTime())
  const digest = statedDigest(stated)
  await transaction(async (tx) => {
    if ((await countLiving(tx)) >= MOST_UPSTREAMS)
      throw fault('conflict', { detail: `${String(MOST_UPSTREAMS)} servers are connected: disconnect one first.` })
    const row = { ...stated, id, secret: sealed(id, secret), digest, proposedBy: person.id }
    if (!(await insertUpstream(tx, row)))
      throw fault('already_exists', { field: 'name', detail: `${stated.name} is connected, or waits to be.` })
    await append(tx, {
      kind: 'upstream.proposed',
      actor: `person:${person.id}`,
      owner: stated.ownerId,
      about: { upstream: id },
      labels: [stated.transport, ...(stated.production ? ['production'] : []), ...(stated.trusted ? ['trusted'] : [])],
      subject: 'organisation',
      payload: { ...stated, digest: `sha256:${digest.toString('hex')}`, credential: secret !== null },
      projection: { sentence: `${stated.name} was proposed as a server for agents` },
    })
  })
  if (needsSignature(stated)) return { id, name: stated.name, connected: false }
  await connectUpstream(db, person, id, digest.toString('hex'))
  return { id, name: stated.name, connected: true }
}

/** Replaces the credential that is sent to an upstream; it leads where it led. Run it in a transaction. @throws Fault `not_found`, `wrong_state` */
export async function replaceCredential(
  tx: Db,
  person: { id: string },
  id: string,
  secret: string,
): Promise<{ name: string }> {
  const row = await upstreamById(tx, id)
  if (row === null) throw fault('not_found')
  if (!(await setSecret(tx, id, sealSecret(id, { current: secret }, ledger().keys.payload, randomBytes(12)))))
    throw fault('wrong_state', { detail: 'It is disconnected, or nothing is sent to it.' })
  await append(tx, {
    kind: 'upstream.rekeyed',
    actor: `person:${person.id}`,
    owner: row.ownerId,
    about: { upstream: id },
  })
  return { name: row.name }
}

const sealed = (id: string, secret: string | null): Buffer | null =>
  secret === null ? null : sealSecret(id, { current: secret }, ledger().keys.payload, randomBytes(12))

/** An address that is nobody's to reach is said so at once; a name is judged with every connection (lib/notify/reach.ts). */
function refuseAddress(stated: Pick<ProposeInput, 'transport' | 'address' | 'private'>): void {
  if (stated.transport !== 'http') return
  const url = new URL(stated.address)
  if (url.protocol === 'http:' && !stated.private)
    throw fault('invalid_request', {
      field: 'address',
      detail: 'Plain http is for your own network alone: use https, or allow private addresses.',
    })
  try {
    refuseBarredLiteral(url.hostname, allowedFor(url, stated.private))
  } catch (error) {
    throw fault('invalid_request', { field: 'address', detail: (error as Error).message, cause: error })
  }
}
