import { randomBytes } from 'node:crypto'
import { fault, isFault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { SubjectKey } from '@/lib/ledger/payload'
import { isSealed, prepare, type EntryInput, type Prepared } from '@/lib/ledger/prepare'
import type { Sql } from '@/lib/ledger/sql'
import { insertEntry } from '@/lib/ledger/store'
import { keyOfEntry, subjectKey } from '@/lib/ledger/subject-key'

/**
 * An entry to write, and its id when it is known before. Whom its payload is about: by default its agent, else who acts; or with `under`,
 * the id of another entry, whoever that one's payload is about, so that the two are erased together.
 */
export type Append = EntryInput & { id?: string; subject?: string; under?: string | undefined }

/**
 * Prepares an entry: for verbs that pass it on to the gate. The payload's key is found, or made in the same transaction.
 * The id is made now, and the database refuses it 5 s later.
 * @throws Fault `cannot_record`, `wrong_state` where the payload of `under` was erased
 */
export async function prepareEntry(sql: Sql, input: Append): Promise<Prepared> {
  const { id = newId(), subject = subjectOf(input), under, ...rest } = input
  const key = isSealed(rest) ? await (under === undefined ? subjectKey(sql, subject) : keyUnder(sql, under)) : null
  return prepare(id, rest, key, { nonce: randomBytes(32), iv: randomBytes(12) })
}

/**
 * Records that something happened, in the transaction it is given: if that rolls back, it never happened, and if the
 * entry cannot be written, nothing else of the transaction is.
 * @throws Fault `cannot_record`
 */
export async function append(sql: Sql, input: Append): Promise<Prepared> {
  const prepared = await prepareEntry(sql, input)
  try {
    await insertEntry(sql, prepared)
  } catch (error) {
    if (isFault(error)) throw error
    throw fault('cannot_record', { cause: error })
  }
  return prepared
}

/** @throws Fault `wrong_state` where it was erased: what is said about that is not kept under anybody else’s key */
async function keyUnder(sql: Sql, entryId: string): Promise<SubjectKey> {
  const key = await keyOfEntry(sql, entryId)
  if (key === null) throw fault('wrong_state', { detail: 'What was asked was erased since.' })
  return key
}

function subjectOf({ agent, actor }: Append): string {
  if (agent) return `agent:${agent}`
  return actor.startsWith('person:') ? actor : 'organisation'
}
