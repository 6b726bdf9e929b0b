import type pg from 'pg'
import type { Hash } from '@/lib/ledger/merkle'
import type { StoredProjection } from '@/lib/ledger/payload'

/** The statements of the verifier. They run in one snapshot, on a login that only reads. */

export type WalkedRow = {
  idx: number
  entryId: string
  /** Null when the entry itself is gone. */
  entry: {
    envelope: Buffer
    leafHash: Hash
    recordedAt: Date
    kind: string
    agentId: string | null
    actionId: string | null
    runId: string | null
    personId: string | null
    outcome: string | null
    reasonCode: string | null
  } | null
  ciphertext: Buffer | null
  keyId: string | null
  wrappedDek: Buffer | null
  projection: StoredProjection | null
}

/** One snapshot for the whole walk, with plans that follow the indexes whatever the statistics say. */
export async function beginSnapshot(client: pg.ClientBase): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await client.query('SET LOCAL enable_hashjoin = off')
  await client.query('SET LOCAL enable_mergejoin = off')
}

/** Leaves from `first` on, up to `count`, each with everything that hangs on it; indexes leaf_pkey, entry, payload, projection. */
export async function walkRows(client: pg.ClientBase, first: number, count: number): Promise<WalkedRow[]> {
  const { rows } = await client.query<WalkSql>(
    `SELECT l.idx, l.entry_id, e.envelope, e.leaf_hash, e.recorded_at, e.kind, e.agent_id, e.action_id, e.run_id, e.person_id, e.outcome,
            e.reason_code, p.ciphertext, p.subject_key_id, k.wrapped_dek,
            CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection
       FROM ledger.leaf l
       LEFT JOIN ledger.entry e ON e.id = l.entry_id
       LEFT JOIN ledger.payload p ON p.entry_id = l.entry_id
       LEFT JOIN ledger.subject_key k ON k.id = p.subject_key_id
       LEFT JOIN ledger.projection j ON j.entry_id = l.entry_id
      WHERE l.idx >= $1 AND l.idx < $1 + $2
      ORDER BY l.idx`,
    [first, count],
  )
  return rows.map((row) => ({
    idx: Number(row.idx),
    entryId: row.entry_id,
    entry: row.envelope && {
      envelope: row.envelope,
      leafHash: row.leaf_hash,
      recordedAt: row.recorded_at,
      kind: row.kind,
      agentId: row.agent_id,
      actionId: row.action_id,
      runId: row.run_id,
      personId: row.person_id,
      outcome: row.outcome,
      reasonCode: row.reason_code,
    },
    ciphertext: row.ciphertext,
    keyId: row.subject_key_id,
    wrappedDek: row.wrapped_dek,
    projection: row.projection,
  }))
}

type WalkSql = {
  idx: string
  entry_id: string
  envelope: Buffer | null
  leaf_hash: Buffer
  recorded_at: Date
  kind: string
  agent_id: string | null
  action_id: string | null
  run_id: string | null
  person_id: string | null
  outcome: string | null
  reason_code: string | null
  ciphertext: Buffer | null
  subject_key_id: string | null
  wrapped_dek: Buffer | null
  projection: StoredProjection | null
}

export type KeptCheckpoint = { size: number; root: Hash; note: string }

/** The checkpoints kept under one origin, by size. */
export async function keptCheckpoints(client: pg.ClientBase, origin: string): Promise<KeptCheckpoint[]> {
  const { rows } = await client.query<{ size: string; root: Buffer; note: string }>(
    'SELECT c.size, c.root, c.note FROM ledger.checkpoint c JOIN ledger.origin o ON o.n = c.origin_n WHERE o.origin = $1 ORDER BY c.size',
    [origin],
  )
  return rows.map(({ size, root, note }) => ({ size: Number(size), root, note }))
}

/** The first entry that has no index and does not wait for one; null when there is none. */
export async function entryWithoutLeaf(client: pg.ClientBase): Promise<{ id: string; quarantined: boolean } | null> {
  const { rows } = await client.query<{ id: string; quarantined: boolean }>(
    `SELECT e.id, EXISTS (SELECT FROM ledger.quarantine q WHERE q.entry_id = e.id) AS quarantined
       FROM ledger.entry e
      WHERE NOT EXISTS (SELECT FROM ledger.leaf l WHERE l.entry_id = e.id)
        AND NOT EXISTS (SELECT FROM ledger.pending p WHERE p.entry_id = e.id)
      ORDER BY e.id LIMIT 1`,
  )
  return rows[0] ?? null
}

/** What lies outside the tree of `size` leaves: the first index beyond it, tiles a level, entries that wait. */
export async function surroundings(client: pg.ClientBase, size: number) {
  const { rows } = await client.query<{
    beyond: string | null
    beyond_id: string | null
    waiting: string
    tiles: Record<string, number> | null
  }>(
    `SELECT (SELECT min(idx) FROM ledger.leaf WHERE idx >= $1) AS beyond,
            (SELECT entry_id FROM ledger.leaf WHERE idx >= $1 ORDER BY idx LIMIT 1) AS beyond_id,
            (SELECT count(*) FROM ledger.pending) AS waiting,
            (SELECT jsonb_object_agg(level, n) FROM (SELECT level, count(*) AS n FROM ledger.tile GROUP BY level) AS t) AS tiles`,
    [size],
  )
  const [row] = rows
  return {
    beyond: row?.beyond ? { idx: Number(row.beyond), entryId: row.beyond_id } : null,
    waiting: Number(row?.waiting ?? 0),
    tiles: row?.tiles ?? {},
  }
}

/** Entries whose payload was erased on purpose, each named by a later `payload.erased`. */
export async function erasedEntries(client: pg.ClientBase): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT convert_from(envelope, 'UTF8')::jsonb #>> '{about,entry}' AS id FROM ledger.entry WHERE kind = 'payload.erased'`,
  )
  return new Set(rows.map(({ id }) => id))
}
