import type pg from 'pg'
import type { Hash } from '@/lib/ledger/merkle'
import type { Tile, TileId } from '@/lib/ledger/tile'

/** The statements of the sequencer, on its own login (grants: the ledger's migration). */

export type Head = { size: number; compactRange: Buffer; note: string | null }

/** Locks the one row of the tree's head; null when another sequencer holds it. */
export async function lockHead(client: pg.ClientBase): Promise<(Head & { signedSecondsAgo: number }) | null> {
  const { rows } = await client.query<{ size: string; compact_range: Buffer; note: string | null; ago: number | null }>(
    `SELECT size, compact_range, note, extract(epoch FROM clock_timestamp() - signed_at)::float8 AS ago
       FROM ledger.tree_head WHERE id = 1 FOR UPDATE SKIP LOCKED`,
  )
  const [row] = rows
  return row
    ? { size: Number(row.size), compactRange: row.compact_range, note: row.note, signedSecondsAgo: row.ago ?? 0 }
    : null
}

/** The head without its lock. */
export async function readHead(sql: pg.Pool | pg.ClientBase): Promise<Head> {
  const { rows } = await sql.query<{ size: string; compact_range: Buffer; note: string | null }>(
    'SELECT size, compact_range, note FROM ledger.tree_head WHERE id = 1',
  )
  const [row] = rows
  if (!row) throw new Error('ledger.tree_head has no row')
  return { size: Number(row.size), compactRange: row.compact_range, note: row.note }
}

export async function hasPending(sql: pg.Pool, from: string): Promise<boolean> {
  const { rows } = await sql.query<{ any: boolean }>(
    'SELECT EXISTS (SELECT FROM ledger.pending WHERE qid >= $1) AS any',
    [from],
  )
  return rows[0]?.any === true
}

/** A queued entry. `fault` says why it cannot be integrated. */
export type Taken = {
  qid: string
  entryId: string
  leaf: Hash
  fault: 'no_entry' | 'other_hash' | 'already_sequenced' | null
}

/** Takes the oldest queued entries off the queue, in order, from a place in it on; index pending_pkey. */
export async function takePending(client: pg.ClientBase, from: string, limit: number): Promise<Taken[]> {
  const { rows } = await client.query<{ qid: string; entry_id: string; leaf_hash: Buffer; fault: Taken['fault'] }>(
    `WITH taken AS (
       DELETE FROM ledger.pending WHERE qid IN (SELECT qid FROM ledger.pending WHERE qid >= $1 ORDER BY qid LIMIT $2)
       RETURNING qid, entry_id, leaf_hash)
     SELECT t.qid, t.entry_id, t.leaf_hash,
            CASE WHEN e.id IS NULL THEN 'no_entry' WHEN e.leaf_hash <> t.leaf_hash THEN 'other_hash'
                 WHEN l.entry_id IS NOT NULL THEN 'already_sequenced' END AS fault
       FROM taken t
       LEFT JOIN ledger.entry e ON e.id = t.entry_id
       LEFT JOIN ledger.leaf l ON l.entry_id = t.entry_id
      ORDER BY t.qid`,
    [from, limit],
  )
  return rows.map((row) => ({ qid: row.qid, entryId: row.entry_id, leaf: row.leaf_hash, fault: row.fault }))
}

export async function quarantine(client: pg.ClientBase, bad: readonly Taken[]): Promise<void> {
  await client.query(
    'INSERT INTO ledger.quarantine (qid, entry_id, reason) SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[])',
    [bad.map(({ qid }) => qid), bad.map(({ entryId }) => entryId), bad.map(({ fault }) => fault)],
  )
}

export async function insertLeaves(
  client: pg.ClientBase,
  firstIndex: number,
  entryIds: readonly string[],
): Promise<void> {
  await client.query(
    `INSERT INTO ledger.leaf (idx, entry_id)
     SELECT $1::bigint + at - 1, id FROM unnest($2::uuid[]) WITH ORDINALITY AS given(id, at)`,
    [firstIndex, entryIds],
  )
}

/** Reads the named tiles; index tile_pkey. */
export async function readTiles(sql: pg.Pool | pg.ClientBase, ids: readonly TileId[]): Promise<Tile[]> {
  if (ids.length === 0) return []
  const { rows } = await sql.query<{ level: number; n: string; hashes: Buffer }>(
    `SELECT t.level, t.n, t.hashes FROM unnest($1::smallint[], $2::bigint[]) AS asked(level, n) JOIN ledger.tile t USING (level, n)`,
    [ids.map(({ level }) => level), ids.map(({ n }) => n)],
  )
  return rows.map(({ level, n, hashes }) => ({ level, n: Number(n), hashes }))
}

/** Writes tiles that grew. The trigger refuses one that does not begin with what was there. */
export async function writeTiles(client: pg.ClientBase, tiles: readonly Tile[]): Promise<void> {
  await client.query(
    `INSERT INTO ledger.tile (level, n, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
     ON CONFLICT (level, n) DO UPDATE SET hashes = EXCLUDED.hashes`,
    [tiles.map(({ level }) => level), tiles.map(({ n }) => n), tiles.map(({ hashes }) => hashes)],
  )
}

export async function moveHead(client: pg.ClientBase, size: number, compactRange: Buffer, note: string): Promise<void> {
  await client.query(
    'UPDATE ledger.tree_head SET size = $1, compact_range = $2, note = $3, signed_at = clock_timestamp() WHERE id = 1',
    [size, compactRange, note],
  )
}

/** Keeps a checkpoint for good, unless one was kept within the last seconds. */
export async function keepCheckpoint(
  client: pg.ClientBase,
  checkpoint: { origin: string; size: number; root: Hash; note: string },
  everySeconds: number,
): Promise<void> {
  await client.query(
    `INSERT INTO ledger.checkpoint (origin_n, size, root, note)
     SELECT o.n, $2, $3, $4 FROM ledger.origin o
      WHERE o.origin = $1 AND NOT EXISTS (
        SELECT FROM ledger.checkpoint c WHERE c.origin_n = o.n
           AND c.size = (SELECT max(size) FROM ledger.checkpoint WHERE origin_n = o.n)
           AND c.signed_at > clock_timestamp() - make_interval(secs => $5))`,
    [checkpoint.origin, checkpoint.size, checkpoint.root, checkpoint.note, everySeconds],
  )
}

/** Wakes whoever tails the log, once a batch, when and only when it commits. */
export async function notifyLedger(client: pg.ClientBase, size: number): Promise<void> {
  await client.query(`SELECT pg_notify('ledger', $1)`, [String(size)])
}

/** The last time another key or name took over; `index` is null until its entry has one. Null: the first key still signs. */
export async function lastSuccession(
  sql: pg.Pool | pg.ClientBase,
): Promise<{ oldVkey: string; newVkey: string; index: number | null } | null> {
  const { rows } = await sql.query<{ old_vkey: string; new_vkey: string; idx: string | null }>(
    `SELECT s.old_vkey, s.new_vkey, l.idx FROM ledger.succession s LEFT JOIN ledger.leaf l ON l.entry_id = s.entry_id
      ORDER BY s.n DESC LIMIT 1`,
  )
  const [row] = rows
  return row ? { oldVkey: row.old_vkey, newVkey: row.new_vkey, index: row.idx === null ? null : Number(row.idx) } : null
}
