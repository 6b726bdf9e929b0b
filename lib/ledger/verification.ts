import type pg from 'pg'
import { verifierOf } from '@/lib/ledger/guard'
import type { Ledger } from '@/lib/ledger/handle'
import { historyNotes } from '@/lib/ledger/history'
import { releasedNote } from '@/lib/ledger/released'
import { FAULTS, type LedgerFault } from '@/lib/ledger/soundness'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { verifyLedger, type Verdict } from '@/lib/ledger/verify'

/** What the newest walk over the whole log found. */
export type Verification = {
  beganAt: Date
  endedAt: Date
  size: number
  checkpoints: number
  erased: number
  /** Null: the ledger was whole. */
  finding: { fault: LedgerFault; words: string; index: number | null; entryId: string | null } | null
}

/** The newest walk that came to an end; null before the first. */
export async function lastVerification(sql: Sql): Promise<Verification | null> {
  const row = await queryOne<Row>(
    sql,
    `SELECT began_at, ended_at, size::text AS size, checkpoints, erased::text AS erased, fault, idx::text AS idx, entry_id::text AS entry_id
       FROM ledger.verification ORDER BY n DESC LIMIT 1`,
  )
  if (!row) return null
  const fault = row.fault as LedgerFault | null
  return {
    beganAt: row.began_at,
    endedAt: row.ended_at,
    size: Number(row.size),
    checkpoints: row.checkpoints,
    erased: Number(row.erased),
    finding: fault && {
      fault,
      // a fault of a newer release has no words here
      words: Object.hasOwn(FAULTS, fault) ? FAULTS[fault] : fault,
      index: row.idx === null ? null : Number(row.idx),
      entryId: row.entry_id,
    },
  }
}

type Row = {
  began_at: Date
  ended_at: Date
  size: string
  checkpoints: number
  erased: string
  fault: string | null
  idx: string | null
  entry_id: string | null
}

/**
 * Walks the whole log, against this install's own key and every checkpoint that it let out and keeps outside the database, and keeps
 * what it found. One walk at a time, whichever replica's; answers null where another one walks.
 * @param connections a login that reads every table of the ledger and adds verifications
 * @param folder where released checkpoints are kept
 * @param pause awaited after every 256 entries, so that a walk leaves room for decisions
 */
export async function verifyAndKeep(
  connections: pg.Pool,
  ledger: Ledger,
  folder: string,
  pause?: () => Promise<void>,
): Promise<Verdict | null> {
  const beganAt = new Date()
  const client = await connections.connect()
  try {
    if (!(await lock(client))) return null
    const newest = releasedNote(folder)
    const held = [...historyNotes(folder), ...(newest === null ? [] : [newest])]
    const verdict = await verifyLedger({
      client,
      verifier: verifierOf(ledger),
      keys: ledger.keys,
      held,
      ...(pause && { pause }),
    })
    await keep(client, beganAt, verdict)
    return verdict
  } finally {
    // ends the session and with it the lock
    client.release(true)
  }
}

async function lock(client: pg.ClientBase): Promise<boolean> {
  const row = await queryOne<{ got: boolean }>(
    client,
    "SELECT pg_try_advisory_lock(hashtextextended('ledger.verification', 0)) AS got",
  )
  return row?.got === true
}

async function keep(client: pg.ClientBase, beganAt: Date, verdict: Verdict): Promise<void> {
  const { size, checkpoints, erased } = verdict.whole ? verdict : { size: verdict.idx ?? 0, checkpoints: 0, erased: 0 }
  const fault = verdict.whole ? [null, null, null] : [verdict.fault, verdict.idx, verdict.entryId]
  await query(
    client,
    'INSERT INTO ledger.verification (began_at, size, checkpoints, erased, fault, idx, entry_id) VALUES ($1, $2::bigint, $3, $4::bigint, $5, $6::bigint, $7::uuid)',
    [beganAt, size, checkpoints, erased, ...fault],
  )
}
