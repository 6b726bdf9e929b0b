import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JSONWebKeySet, type JWK } from 'jose'
import { newId } from '@/lib/core/ids'
import { ledger } from '@/lib/ledger/handle'
import { query, type Sql } from '@/lib/ledger/sql'
import { openSecret, sealSecret } from './secret'

/** What security events are signed with: RSA of 2,048 bits, as the CAEP interoperability profile asks (RS256). */
export type SignalKey = { kid: string; privateKey: KeyObject }

type Row = { id: string; kid: string; public: JWK; sealed: Uint8Array }

const rows = (sql: Sql) =>
  query<Row>(sql, 'SELECT id::text AS id, kid, public, sealed FROM signal_key ORDER BY made_at, id')

/**
 * The key that signs security events, made the first time it is asked for. Of two replicas that make one at once the older signs, and both are
 * published. @throws Error when it cannot be opened with the keys of this server
 */
export async function signalKey(sql: Sql): Promise<SignalKey> {
  const [row] = await rows(sql)
  if (row === undefined) {
    await makeKey(sql)
    return signalKey(sql)
  }
  const opened = openSecret(row.id, row.sealed, ledger().keys.payload)
  if (opened === null) throw new Error('The key of security events cannot be opened with the keys of this server.')
  return { kid: row.kid, privateKey: createPrivateKey(opened.current) }
}

/** What receivers verify with (RFC 7517 §5). */
export async function signalKeysPublished(sql: Sql): Promise<JSONWebKeySet> {
  const all = await rows(sql)
  return { keys: all.map(({ kid, public: key }) => ({ ...key, kid, use: 'sig', alg: 'RS256' })) }
}

async function makeKey(sql: Sql): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const { n, e } = publicKey.export({ format: 'jwk' })
  const jwk = { kty: 'RSA', n: n ?? '', e: e ?? '' }
  const id = newId()
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const sealed = sealSecret(id, { current: pem }, ledger().keys.payload, randomBytes(12))
  await query(sql, 'INSERT INTO signal_key (id, kid, public, sealed) VALUES ($1::uuid, $2, $3::jsonb, $4::bytea)', [
    id,
    await calculateJwkThumbprint(jwk),
    JSON.stringify(jwk),
    sealed,
  ])
}
