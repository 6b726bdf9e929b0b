import { createSecretKey, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { onHeard, onHearingAgain } from '@/lib/db/bus'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { ledger } from '@/lib/ledger/handle'
import { wrappingKeyId } from '@/lib/ledger/keys'
import { keyedHash, unwrapKey, wrapKey, type SubjectKey } from '@/lib/ledger/payload'
import type { Sql } from '@/lib/ledger/sql'
import { findKeyOfEntry, findSubjectKey, insertSubjectKey } from '@/lib/ledger/store'

/** A key that is destroyed is forgotten as soon as this is heard of, and while nothing can be heard within this time. */
const KEPT_MS = 60_000
const KEPT_MOST = 20_000
const kept = new Map<string, { key: SubjectKey; until: number }>()
let hearing = false

/** Forgets a destroyed key in this process. */
export function forgetKey(id: string): void {
  for (const [subject, { key }] of kept) if (key.id === id) kept.delete(subject)
}

/** What was destroyed while nobody listened is unknown, so everything is looked up again. */
function hearOfKeys(): void {
  if (hearing) return
  hearing = true
  onHeard('keys', forgetKey)
  onHearingAgain(() => {
    kept.clear()
  })
}

/**
 * The key of a data subject (`agent:<id>`, `person:<id>`, `requester:user:<their id>`), made when it has none. Erasing a
 * subject destroys it, and with it everything sealed under it.
 * @throws Fault `cannot_record` when it is wrapped with a payload key this process does not hold
 */
export async function subjectKey(sql: Sql, subject: string): Promise<SubjectKey> {
  const { keys } = ledger()
  const hash = keyedHash(keys.commitment, 'subject', subject)
  const found = await findSubjectKey(sql, hash)
  if (found) return unwrap(found)
  const id = newId()
  const wrapped = wrapKey(id, createSecretKey(randomBytes(32)), keys.payload, randomBytes(12))
  await insertSubjectKey(sql, { id, wrapping_key: wrappingKeyId(keys.payload), wrapped_dek: wrapped }, hash)
  // Somebody else may have been first, and theirs is the one that counts.
  const row = await findSubjectKey(sql, hash)
  if (!row) throw fault('cannot_record', { detail: 'The key of the payload could not be made.' })
  return unwrap(row)
}

/** The key that an entry's payload is sealed under; null where it has none, or it was erased. @throws Fault `cannot_record` as `subjectKey` does */
export async function keyOfEntry(sql: Sql, entryId: string): Promise<SubjectKey | null> {
  const found = await findKeyOfEntry(sql, entryId)
  return found && unwrap(found)
}

/** An entry to keep another one's payload with (`Append.under`), where its own is still kept. */
export async function keptWith(sql: Sql, entryId: string): Promise<string | undefined> {
  return (await findKeyOfEntry(sql, entryId)) === null ? undefined : entryId
}

/** The key of a subject if this process used it in the last minute. */
export function keptSubjectKey(subject: string, now: number = Date.now()): SubjectKey | null {
  const found = kept.get(subject)
  return found && found.until > now ? found.key : null
}

/**
 * Like `subjectKey`, remembered for a minute. For the hot path, and only with autocommit: a key made in a transaction
 * that is rolled back must not be remembered.
 */
export async function keepSubjectKey(connections: pg.Pool, subject: string): Promise<SubjectKey> {
  const known = keptSubjectKey(subject)
  if (known) return known
  hearOfKeys()
  const key = await subjectKey(connections, subject)
  if (kept.size >= KEPT_MOST) kept.clear()
  kept.set(subject, { key, until: Date.now() + KEPT_MS })
  return key
}

function unwrap(row: { id: string; wrapped_dek: Uint8Array }): SubjectKey {
  const key = unwrapKey(row.id, row.wrapped_dek, ledger().keys.payload)
  if (!key)
    throw fault('cannot_record', { detail: 'The payload key of this server does not open the keys in the database.' })
  return { id: row.id, key }
}
