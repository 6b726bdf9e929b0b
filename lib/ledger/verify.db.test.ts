import { createSecretKey, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { verifierOf } from '@/lib/ledger/guard'
import { ledgerOf } from '@/lib/ledger/handle'
import { ledgerKeys } from '@/lib/ledger/keys'
import { EMPTY_ROOT, leafHash, rootOf } from '@/lib/ledger/merkle'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { tampered } from '@/lib/ledger/tampering'
import { growTiles } from '@/lib/ledger/tile'
import { testLedger } from '@/lib/ledger/testing'
import { verifyLedger, type VerifyOptions } from '@/lib/ledger/verify'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const verifier = verifierOf(ledger)
const agent = newId()
const SIZE = 300

const verify = async (options: Partial<VerifyOptions> = {}) => {
  const client = await pools.app.connect()
  try {
    return await verifyLedger({ client, verifier, keys: ledger.keys, ...options })
  } finally {
    client.release()
  }
}
const idAt = async (idx: number) =>
  (await pools.app.query<{ entry_id: string }>('SELECT entry_id FROM ledger.leaf WHERE idx = $1', [idx])).rows[0]
    ?.entry_id ?? ''
const head = async () =>
  (await pools.app.query<{ size: string; note: string }>('SELECT size, note FROM ledger.tree_head')).rows[0]

const walk =
  (held: string[] = []) =>
  (client: pg.ClientBase) =>
    verifyLedger({ client, verifier, keys: ledger.keys, held })
const after = (change: (client: pg.ClientBase) => Promise<void>, held: string[] = []) =>
  tampered(pools.superuser, change, walk(held))
const afterSql = (sql: string, values: unknown[] = []) =>
  after(async (client) => {
    expect((await client.query(sql, values)).rowCount).toBeGreaterThan(0)
  })

beforeAll(async () => {
  for (let i = 0; i < SIZE - 1; i += 1) {
    const payload =
      i % 3 === 0 ? { payload: { n: i }, projection: { tool: 'crm.refund', sentence: `number ${i}` } } : {}
    await append(pools.app, {
      kind: 'action.decided',
      actor: 'agent',
      agent,
      outcome: i % 2 ? 'allow' : 'forbid',
      ...payload,
    })
  }
  await sequenceOnce(pools.sequencer, ledger, null)
})

describe('a ledger nobody touched', () => {
  it('is whole, and stays so after everything these tests undo', async () => {
    expect(await verify()).toMatchObject({ whole: true, size: SIZE, waiting: 0, erased: 0, unread: 0 })
    expect(await afterSql('UPDATE ledger.projection SET sentence = sentence')).toMatchObject({ whole: true })
    expect(await verify()).toMatchObject({ whole: true, size: SIZE })
  })

  it('without the payload key is whole too, and says what it did not read', async () => {
    expect(await verify({ keys: null })).toMatchObject({ whole: true, unread: 100 })
  })

  it('says how many entries still wait for their index', async () => {
    await append(pools.app, { kind: 'run.opened', actor: 'agent', agent })
    expect(await verify()).toMatchObject({ whole: true, size: SIZE, waiting: 1 })
    await sequenceOnce(pools.sequencer, ledger, null)
    expect(await verify()).toMatchObject({ whole: true, size: SIZE + 1, waiting: 0 })
  })
})

describe('one byte', () => {
  const flip = (column: string, at: number) => `set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1)`

  it('of an entry is found, and the entry named', async () => {
    const id = await idAt(258)
    expect(await afterSql(`UPDATE ledger.entry SET envelope = ${flip('envelope', 20)} WHERE id = $1`, [id])).toEqual({
      whole: false,
      fault: 'not_an_entry',
      idx: 258,
      entryId: id,
    })
  })

  it('of an entry rewritten in its own form, columns and all, is found by the tree', async () => {
    const id = await idAt(77)
    const { rows } = await pools.app.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry WHERE id = $1', [
      id,
    ])
    const said = rows[0]?.envelope.toString() ?? ''
    const outcome = said.includes('"forbid"') ? 'allow' : 'forbid'
    const rewritten = Buffer.from(said.replace(/"outcome":"[a-z]+"/, `"outcome":"${outcome}"`))
    expect(
      await afterSql('UPDATE ledger.entry SET envelope = $2, outcome = $3 WHERE id = $1', [id, rewritten, outcome]),
    ).toEqual({ whole: false, fault: 'not_in_tree', idx: 77, entryId: id })
  })

  it('of a tile is found, low in the tree and high', async () => {
    expect(
      await afterSql(`UPDATE ledger.tile SET hashes = ${flip('hashes', 32 * 40 + 5)} WHERE level = 0 AND n = 0`),
    ).toMatchObject({
      fault: 'not_in_tree',
      idx: 40,
    })
    expect(
      await afterSql(`UPDATE ledger.tile SET hashes = ${flip('hashes', 5)} WHERE level = 1 AND n = 0`),
    ).toMatchObject({
      fault: 'tree_changed',
      idx: 0,
    })
    expect(
      await afterSql(`UPDATE ledger.tile SET hashes = ${flip('hashes', 70)} WHERE level = 0 AND n = 1`),
    ).toMatchObject({
      fault: 'not_in_tree',
      idx: 258,
    })
    expect(await afterSql(`INSERT INTO ledger.tile VALUES (2, 0, sha256('x'))`)).toMatchObject({
      fault: 'tree_changed',
    })
  })

  it('of a payload is found, and of what lists show of it', async () => {
    const id = await idAt(4) // entries 1, 4, 7 … have payloads
    const found = { whole: false, idx: 4, entryId: id }
    expect(
      await afterSql(`UPDATE ledger.payload SET ciphertext = ${flip('ciphertext', 60)} WHERE entry_id = $1`, [id]),
    ).toEqual({
      ...found,
      fault: 'payload_changed',
    })
    expect(
      await afterSql(`UPDATE ledger.projection SET sentence = 'nothing happened' WHERE entry_id = $1`, [id]),
    ).toEqual({
      ...found,
      fault: 'projection_changed',
    })
    expect(await afterSql('DELETE FROM ledger.projection WHERE entry_id = $1', [id])).toEqual({
      ...found,
      fault: 'projection_changed',
    })
    expect(await afterSql('DELETE FROM ledger.payload WHERE entry_id = $1', [id])).toEqual({
      ...found,
      fault: 'payload_missing',
    })
  })

  it('of the head, or of a kept checkpoint, is found', async () => {
    expect(await afterSql(`UPDATE ledger.tree_head SET compact_range = ${flip('compact_range', 3)}`)).toMatchObject({
      fault: 'head_changed',
    })
    expect(await afterSql(`UPDATE ledger.checkpoint SET root = ${flip('root', 3)}`)).toMatchObject({
      fault: 'checkpoint_unsigned',
    })
    expect(await afterSql(`UPDATE ledger.tree_head SET note = overlay(note PLACING 'x' FROM 3)`)).toMatchObject({
      fault: 'checkpoint_unsigned',
    })
  })

  it('of a column an entry is searched by is found', async () => {
    const id = await idAt(9)
    for (const change of [`outcome = 'expired'`, 'agent_id = NULL', `kind = 'run.closed'`, `reason_code = 'never'`]) {
      expect(await afterSql(`UPDATE ledger.entry SET ${change} WHERE id = $1`, [id])).toMatchObject({
        fault: 'other_columns',
        idx: 9,
      })
    }
    expect(
      await afterSql(`UPDATE ledger.entry SET recorded_at = recorded_at - interval '1 day' WHERE id = $1`, [id]),
    ).toMatchObject({
      fault: 'other_time',
      idx: 9,
    })
  })
})

describe('an entry', () => {
  it('that was deleted is found, with its leaf or without', async () => {
    const id = await idAt(200)
    expect(await afterSql('DELETE FROM ledger.entry WHERE id = $1', [id])).toEqual({
      whole: false,
      fault: 'entry_missing',
      idx: 200,
      entryId: id,
    })
    expect(await afterSql('DELETE FROM ledger.leaf WHERE idx = 200')).toMatchObject({
      fault: 'index_missing',
      idx: 200,
    })
    expect(
      await after(async (client) => {
        await client.query('DELETE FROM ledger.entry WHERE id = $1', [id])
        await client.query('DELETE FROM ledger.leaf WHERE idx = 200')
      }),
    ).toMatchObject({ fault: 'index_missing', idx: 200 })
  })

  it('that was moved is found', async () => {
    const [one, two] = [await idAt(30), await idAt(31)]
    const swapped = await after(async (client) => {
      await client.query('DELETE FROM ledger.leaf WHERE idx IN (30, 31)')
      await client.query('INSERT INTO ledger.leaf VALUES (30, $2), (31, $1)', [one, two])
    })
    expect(swapped).toEqual({ whole: false, fault: 'not_in_tree', idx: 30, entryId: two })
  })

  it('that never got an index is found, and so is an index outside the tree', async () => {
    const { id } = await append(pools.app, { kind: 'run.opened', actor: 'agent', agent })
    const queued = (await pools.app.query('SELECT * FROM ledger.pending')).rows[0] as { qid: string; leaf_hash: Buffer }
    await pools.superuser.query('DELETE FROM ledger.pending')
    expect(await verify()).toEqual({ whole: false, fault: 'no_index', idx: null, entryId: id })
    await pools.superuser.query(`INSERT INTO ledger.quarantine (qid, entry_id, reason) VALUES (1, $1, 'no_entry')`, [
      id,
    ])
    expect(await verify()).toMatchObject({ fault: 'quarantined', entryId: id })
    await pools.superuser.query('INSERT INTO ledger.pending (entry_id, leaf_hash) VALUES ($1, $2)', [
      id,
      queued.leaf_hash,
    ])
    expect(await afterSql('INSERT INTO ledger.leaf VALUES (9999, $1)', [newId()])).toMatchObject({
      fault: 'beyond_tree',
      idx: 9999,
    })
    await sequenceOnce(pools.sequencer, ledger, null)
    expect(await verify()).toMatchObject({ whole: true })
  })
})

describe('somebody with the database and without the key', () => {
  it('who rewrites an entry and the whole tree over it is found by the signature', async () => {
    const { rows } = await pools.app.query<{ envelope: Buffer; id: string }>(
      'SELECT e.envelope, e.id FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id ORDER BY l.idx',
    )
    const target = rows[150]
    const rewritten = Buffer.from(target?.envelope.toString().replace(/"outcome":"[a-z]+"/, '"outcome":"hold"') ?? '')
    const leaves = rows.map(({ envelope }, i) => leafHash(i === 150 ? rewritten : envelope))
    const verdict = await after(async (client) => {
      await client.query(`UPDATE ledger.entry SET envelope = $2, outcome = 'hold' WHERE id = $1`, [
        target?.id,
        rewritten,
      ])
      await client.query('DELETE FROM ledger.tile')
      for (const { level, n, hashes } of growTiles(0, [], leaves))
        await client.query('INSERT INTO ledger.tile VALUES ($1, $2, $3)', [level, n, hashes])
    })
    // every checkpoint kept is over all of them: what can be said is that none of them is vouched for
    expect(verdict).toEqual({ whole: false, fault: 'checkpoint_differs', idx: 0, entryId: null })
  })

  it('who signs with another key is found', async () => {
    const seed = randomBytes(32)
    const strange = ledgerOf(
      ledger.origin,
      ledgerKeys({ checkpoint: seed, receipt: seed, payload: seed, commitment: seed }),
    )
    const forged = signCheckpoint(
      { origin: ledger.origin, size: Number((await head())?.size), root: EMPTY_ROOT },
      strange.checkpoint,
    )
    expect(await afterSql('UPDATE ledger.tree_head SET note = $1', [forged])).toMatchObject({
      fault: 'checkpoint_unsigned',
    })
  })

  it('who cuts the log to an earlier signed state is found by a checkpoint held elsewhere', async () => {
    const held = (await head())?.note ?? ''
    const { rows } = await pools.app.query<{ leaf_hash: Buffer }>(
      'SELECT e.leaf_hash FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id ORDER BY l.idx LIMIT 256',
    )
    const root = rootOf(rows.map(({ leaf_hash }) => leaf_hash))
    const note = signCheckpoint({ origin: ledger.origin, size: 256, root }, ledger.checkpoint)
    const cut = async (client: pg.ClientBase) => {
      await client.query('DELETE FROM ledger.entry WHERE id IN (SELECT entry_id FROM ledger.leaf WHERE idx >= 256)')
      await client.query('DELETE FROM ledger.leaf WHERE idx >= 256')
      await client.query('DELETE FROM ledger.tile WHERE level = 0 AND n = 1')
      await client.query('DELETE FROM ledger.checkpoint')
      await client.query('UPDATE ledger.tree_head SET size = 256, compact_range = $1, note = $2', [root, note])
    }
    expect(await after(cut)).toMatchObject({ whole: true, size: 256 })
    expect(await after(cut, [held])).toEqual({
      whole: false,
      fault: 'cut_off',
      idx: 256,
      entryId: null,
    })
    expect(await verify({ held: [held, note] })).toMatchObject({ whole: true })
  })

  it('who seals a payload under a key of their own is found', async () => {
    const other = { payload: createSecretKey(randomBytes(32)) }
    expect(await verify({ keys: other })).toMatchObject({ fault: 'payload_locked', idx: 1 })
  })
})
