import { ledger } from '@/lib/ledger/handle'
import { keyedHash } from '@/lib/ledger/payload'
import type { Sql } from '@/lib/ledger/sql'
import { findSubjectKey } from '@/lib/ledger/store'
import { countUnder } from '@/lib/ledger/store-payload'

/** The living key of a subject (as `subjectKey` names them) and how many payloads are sealed under it; null when nothing is kept. */
export async function keptUnder(sql: Sql, subject: string): Promise<{ keyId: string; payloads: number } | null> {
  const key = await findSubjectKey(sql, keyedHash(ledger().keys.commitment, 'subject', subject))
  if (!key) return null
  return { keyId: key.id, payloads: (await countUnder(sql, key.id))?.payloads ?? 0 }
}
