import { parseEntry } from '@/lib/ledger/entry'
import { keyChain, type KeyChain, type StoredSuccession } from '@/lib/ledger/key-chain'
import type { NoteVerifier } from '@/lib/ledger/note'
import type { Sql } from '@/lib/ledger/sql'
import { successionRows } from '@/lib/ledger/store'
import { successionNote } from '@/lib/ledger/succession'

/** Each time another key or name took over, oldest first. */
export async function readSuccessions(sql: Sql): Promise<StoredSuccession[]> {
  const rows = await successionRows(sql)
  return rows.map(({ entry_id, idx, envelope }) => ({
    entryId: entry_id,
    index: idx === null ? null : Number(idx),
    entry: envelope && parseEntry(envelope),
  }))
}

/** The keys of the log in their order, from one that is known by other means than this database. Null: they do not hang together. */
export async function readKeyChain(sql: Sql, known: NoteVerifier): Promise<KeyChain | null> {
  return keyChain(known, await readSuccessions(sql))
}

/** The same for strangers who know an earlier key: signed notes, oldest first, each with the lines of both keys. */
export async function readSuccessionNotes(sql: Sql): Promise<string[]> {
  return (await readSuccessions(sql)).flatMap(({ entry }) => (entry && successionNote(entry)) ?? [])
}
