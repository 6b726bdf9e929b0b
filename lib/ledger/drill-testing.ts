import type pg from 'pg'
import { newId } from '@/lib/core/ids'
import { append } from '@/lib/ledger/append'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import type { Ledger } from '@/lib/ledger/handle'
import { appendLeaf, emptyRange, encodeRange, leafHash, rootOf } from '@/lib/ledger/merkle'
import { sequenceOnce } from '@/lib/ledger/sequence'
import type { LedgerFault } from '@/lib/ledger/soundness'
import { growTiles } from '@/lib/ledger/tile'

/** What somebody with the database's superuser and no trigger in the way can do to a ledger, and what must be said of it. */
export type Tampering = {
  name: string
  change: (client: pg.ClientBase, drilled: Drilled) => Promise<unknown>
  found: LedgerFault
  /** the index that must be named; null where none can be */
  at: number | null
  /** only a checkpoint held outside the database can tell */
  held?: true
}

/** A ledger to tamper with: enough entries for two tiles, signed twice, a payload with every third. */
export type Drilled = { ledger: Ledger; size: number; idAt: (index: number) => string; held: string }

export const DRILL_SIZE = 300

/** Fills an empty ledger, in two rounds of the sequencer. */
export async function fillForDrill(pools: { app: pg.Pool; sequencer: pg.Pool }, ledger: Ledger): Promise<Drilled> {
  const agent = newId()
  for (const upTo of [200, DRILL_SIZE - 1]) {
    const { rows } = await pools.app.query<{ n: string }>('SELECT count(*) AS n FROM ledger.entry')
    for (let i = Number(rows[0]?.n ?? 0) - 1; i < upTo; i += 1)
      await append(pools.app, {
        kind: 'action.decided',
        actor: 'agent',
        agent,
        outcome: i % 2 ? 'allow' : 'forbid',
        ...(i % 3 === 0 && { payload: { n: i }, projection: { tool: 'crm.refund', sentence: `number ${i}` } }),
      })
    await sequenceOnce(pools.sequencer, ledger, null)
  }
  const { rows } = await pools.app.query<{ entry_id: string }>('SELECT entry_id FROM ledger.leaf ORDER BY idx')
  const head = await pools.app.query<{ note: string; size: string }>('SELECT note, size FROM ledger.tree_head')
  return {
    ledger,
    size: Number(head.rows[0]?.size),
    idAt: (index) => rows[index]?.entry_id ?? '',
    held: head.rows[0]?.note ?? '',
  }
}

const flip = (column: string, at: number) => `${column} = set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1)`

/** Every way of the drill. Each must change something, and be found. */
export const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'a byte of an entry changed',
    change: (client, { idAt }) =>
      client.query(`UPDATE ledger.entry SET ${flip('envelope', 20)} WHERE id = $1`, [idAt(258)]),
    found: 'not_an_entry',
    at: 258,
  },
  {
    name: 'an entry rewritten in its own form, with its columns',
    change: (client, { idAt }) =>
      client.query(
        `UPDATE ledger.entry SET outcome = 'hold',
            envelope = convert_to(regexp_replace(convert_from(envelope, 'UTF8'), '"outcome":"[a-z]+"', '"outcome":"hold"'), 'UTF8')
          WHERE id = $1`,
        [idAt(77)],
      ),
    found: 'not_in_tree',
    at: 77,
  },
  {
    name: 'a byte of a payload changed',
    change: (client, { idAt }) =>
      client.query(`UPDATE ledger.payload SET ${flip('ciphertext', 60)} WHERE entry_id = $1`, [idAt(4)]),
    found: 'payload_changed',
    at: 4,
  },
  {
    name: 'what lists show of an entry changed',
    change: (client, { idAt }) =>
      client.query(`UPDATE ledger.projection SET sentence = 'nothing happened' WHERE entry_id = $1`, [idAt(4)]),
    found: 'projection_changed',
    at: 4,
  },
  {
    name: 'what an entry is searched by changed',
    change: (client, { idAt }) => client.query(`UPDATE ledger.entry SET kind = 'run.closed' WHERE id = $1`, [idAt(9)]),
    found: 'other_columns',
    at: 9,
  },
  {
    name: 'an entry backdated',
    change: (client, { idAt }) =>
      client.query(`UPDATE ledger.entry SET recorded_at = recorded_at - interval '1 day' WHERE id = $1`, [idAt(9)]),
    found: 'other_time',
    at: 9,
  },
  {
    name: 'a leaf given to another entry',
    change: (client, { idAt }) =>
      client.query(`UPDATE ledger.leaf SET entry_id = $1 WHERE idx = 12`, [newIdLike(idAt(12))]),
    found: 'entry_missing',
    at: 12,
  },
  {
    name: 'a byte of a tile changed, low in the tree',
    change: (client) => client.query(`UPDATE ledger.tile SET ${flip('hashes', 32 * 40 + 5)} WHERE level = 0 AND n = 0`),
    found: 'not_in_tree',
    at: 40,
  },
  {
    name: 'a byte of a tile changed, high in the tree',
    change: (client) => client.query(`UPDATE ledger.tile SET ${flip('hashes', 5)} WHERE level = 1 AND n = 0`),
    found: 'tree_changed',
    at: 0,
  },
  {
    name: 'a byte of the head changed',
    change: (client) => client.query(`UPDATE ledger.tree_head SET ${flip('compact_range', 3)}`),
    found: 'head_changed',
    at: null,
  },
  {
    name: 'a byte of a kept checkpoint changed',
    change: (client) => client.query(`UPDATE ledger.checkpoint SET ${flip('root', 3)}`),
    found: 'checkpoint_unsigned',
    at: null,
  },
  {
    name: 'an entry deleted',
    change: (client, { idAt }) => client.query('DELETE FROM ledger.entry WHERE id = $1', [idAt(200)]),
    found: 'entry_missing',
    at: 200,
  },
  {
    name: 'an entry deleted with its leaf',
    change: async (client, { idAt }) => {
      await client.query('DELETE FROM ledger.entry WHERE id = $1', [idAt(200)])
      return client.query('DELETE FROM ledger.leaf WHERE idx = 200')
    },
    found: 'index_missing',
    at: 200,
  },
  {
    name: 'a payload deleted',
    change: (client, { idAt }) => client.query('DELETE FROM ledger.payload WHERE entry_id = $1', [idAt(4)]),
    found: 'payload_missing',
    at: 4,
  },
  {
    name: 'the key of a subject deleted',
    change: (client) => client.query('DELETE FROM ledger.subject_key'),
    found: 'payload_missing',
    at: 1,
  },
  {
    name: 'a tile deleted',
    change: (client) => client.query('DELETE FROM ledger.tile WHERE level = 0 AND n = 1'),
    found: 'not_in_tree',
    at: 256,
  },
  {
    name: 'an entry inserted that never gets an index',
    change: (client, { idAt }) =>
      client.query(
        `INSERT INTO ledger.entry (id, recorded_at, kind, envelope) SELECT $1, recorded_at, kind, envelope FROM ledger.entry WHERE id = $2`,
        [newIdLike(idAt(5)), idAt(5)],
      ),
    found: 'no_index',
    at: null,
  },
  {
    name: 'an entry inserted at the end of the log, outside the tree',
    change: (client, { size }) => client.query('INSERT INTO ledger.leaf VALUES ($1, $2)', [size, newId()]),
    found: 'beyond_tree',
    at: DRILL_SIZE,
  },
  {
    name: 'two entries swapped',
    change: async (client, { idAt }) => {
      await client.query('DELETE FROM ledger.leaf WHERE idx IN (30, 31)')
      return client.query('INSERT INTO ledger.leaf VALUES (30, $2), (31, $1)', [idAt(30), idAt(31)])
    },
    found: 'not_in_tree',
    at: 30,
  },
  {
    name: 'the leaves truncated',
    change: (client) => client.query('TRUNCATE ledger.leaf'),
    found: 'index_missing',
    at: 0,
  },
  {
    name: 'the tiles truncated',
    change: (client) => client.query('TRUNCATE ledger.tile'),
    found: 'not_in_tree',
    at: 0,
  },
  {
    name: 'the payloads truncated',
    change: (client) => client.query('TRUNCATE ledger.payload'),
    found: 'payload_missing',
    at: 1,
  },
  {
    name: 'an entry rewritten and the whole tree rebuilt over it, without the key',
    change: async (client, { idAt }) => {
      await client.query(
        `UPDATE ledger.entry SET outcome = 'hold',
            envelope = convert_to(regexp_replace(convert_from(envelope, 'UTF8'), '"outcome":"[a-z]+"', '"outcome":"hold"'), 'UTF8')
          WHERE id = $1`,
        [idAt(250)],
      )
      await rebuildTiles(client)
    },
    found: 'checkpoint_differs',
    // the checkpoint before it vouches for 201 entries: between them and the next lies what was rewritten
    at: 201,
  },
  {
    name: 'the log cut to an earlier state and signed again, with the key',
    change: async (client, { ledger }) => {
      await client.query('DELETE FROM ledger.entry WHERE id IN (SELECT entry_id FROM ledger.leaf WHERE idx >= 256)')
      await client.query('DELETE FROM ledger.leaf WHERE idx >= 256')
      await client.query('DELETE FROM ledger.checkpoint')
      await rebuildTiles(client)
      await signHead(client, ledger)
    },
    found: 'cut_off',
    at: 256,
    held: true,
  },
  {
    name: 'the history rewritten and signed again, with the key',
    change: async (client, { ledger, idAt }) => {
      await client.query(
        `UPDATE ledger.entry SET outcome = 'hold',
            envelope = convert_to(regexp_replace(convert_from(envelope, 'UTF8'), '"outcome":"[a-z]+"', '"outcome":"hold"'), 'UTF8')
          WHERE id = $1`,
        [idAt(250)],
      )
      await client.query('DELETE FROM ledger.checkpoint')
      await rebuildTiles(client)
      await signHead(client, ledger)
    },
    found: 'checkpoint_differs',
    at: 0,
    held: true,
  },
]

/** An id of the same millisecond that nothing has. */
const newIdLike = (id: string): string => `${id.slice(0, 14)}7${newId().slice(15)}`

async function leavesOf(client: pg.ClientBase): Promise<Buffer[]> {
  const { rows } = await client.query<{ envelope: Buffer }>(
    'SELECT e.envelope FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id ORDER BY l.idx',
  )
  return rows.map(({ envelope }) => leafHash(envelope))
}

async function rebuildTiles(client: pg.ClientBase): Promise<void> {
  await client.query('DELETE FROM ledger.tile')
  for (const { level, n, hashes } of growTiles(0, [], await leavesOf(client)))
    await client.query('INSERT INTO ledger.tile VALUES ($1, $2, $3)', [level, n, hashes])
}

async function signHead(client: pg.ClientBase, ledger: Ledger): Promise<void> {
  const leaves = await leavesOf(client)
  const range = emptyRange()
  for (const leaf of leaves) appendLeaf(range, leaf)
  const note = signCheckpoint({ origin: ledger.origin, size: leaves.length, root: rootOf(leaves) }, ledger.checkpoint)
  await client.query('UPDATE ledger.tree_head SET size = $1, compact_range = $2, note = $3', [
    leaves.length,
    encodeRange(range),
    note,
  ])
}
