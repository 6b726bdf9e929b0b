import type pg from 'pg'
import { parseEntry } from '@/lib/ledger/entry'
import { forgottenBy, type Forgotten } from '@/lib/ledger/forgotten'
import type { Hash } from '@/lib/ledger/merkle'
import type { StoredProjection } from '@/lib/ledger/payload'

/**
 * The statements of the verifier, on a login that only reads. Each sees its own moment: what is under the head never changes, and
 * one snapshot for the whole walk would keep the queue's dead rows alive for as long.
 */

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

/** Leaves from `first` on, up to `count`, each with everything that hangs on it; index leaf_pkey, and by it one look-up a table. */
export async function walkRows(client: pg.ClientBase, first: number, count: number): Promise<WalkedRow[]> {
  const { rows } = await client.query<WalkSql>(
    `SELECT l.idx, l.entry_id, e.envelope, e.leaf_hash, e.recorded_at, e.kind, e.agent_id, e.action_id, e.run_id, e.person_id, e.outcome,
            e.reason_code, p.ciphertext, p.subject_key_id, k.wrapped_dek,
            CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection
       FROM ledger.leaf l
       LEFT JOIN LATERAL (SELECT * FROM ledger.entry WHERE id = l.entry_id LIMIT 1) e ON true
       LEFT JOIN LATERAL (SELECT * FROM ledger.payload WHERE entry_id = l.entry_id LIMIT 1) p ON true
       LEFT JOIN ledger.subject_key k ON k.id = p.subject_key_id
       LEFT JOIN LATERAL (SELECT * FROM ledger.projection WHERE entry_id = l.entry_id LIMIT 1) j ON true
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

/**
 * What lies outside the tree, at one moment: the first index beyond the head, how many hashes each level of tiles holds,
 * how many entries wait.
 */
export async function surroundings(client: pg.ClientBase) {
  const { rows } = await client.query<{
    size: string
    beyond: string | null
    beyond_id: string | null
    waiting: string
    hashes: Record<string, number> | null
  }>(
    `SELECT h.size, b.idx AS beyond, b.entry_id AS beyond_id, (SELECT count(*) FROM ledger.pending) AS waiting,
            (SELECT jsonb_object_agg(level, held) FROM (SELECT level, sum(octet_length(hashes)) / 32 AS held FROM ledger.tile GROUP BY level) t) AS hashes
       FROM ledger.tree_head h
       LEFT JOIN LATERAL (SELECT idx, entry_id FROM ledger.leaf WHERE idx >= h.size ORDER BY idx LIMIT 1) b ON true
      WHERE h.id = 1`,
  )
  const [row] = rows
  return {
    size: Number(row?.size ?? 0),
    beyond: row?.beyond ? { idx: Number(row.beyond), entryId: row.beyond_id } : null,
    waiting: Number(row?.waiting ?? 0),
    hashes: row?.hashes ?? {},
  }
}

/** What entries say was forgotten: `payload.erased` and `retention.applied`; by kind, few in the life of a log. */
export async function forgottenPayloads(client: pg.ClientBase): Promise<Forgotten> {
  const { rows } = await client.query<{ envelope: Buffer }>(
    `SELECT envelope FROM ledger.entry WHERE kind IN ('payload.erased', 'retention.applied') ORDER BY id`,
  )
  return forgottenBy(rows.map(({ envelope }) => parseEntry(envelope)))
}
