import { beforeAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { encodeEntry } from '@/lib/ledger/entry'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const DENIED = '42501' // insufficient_privilege: no grant, or our trigger
const person = newId()

beforeAll(async () => {
  await append(pools.app, {
    kind: 'person.joined',
    actor: `person:${person}`,
    payload: { name: 'Dana' },
    projection: { sentence: 'Dana joined' },
  })
  await sequenceOnce(pools.sequencer, ledger, null)
  await append(pools.app, { kind: 'person.signed_in', actor: `person:${person}` })
})

/** What each table holds that no login may change, by column. */
const GROWS = {
  entry: 'envelope',
  leaf: 'entry_id',
  checkpoint: 'note',
  origin: 'vkey',
  quarantine: 'reason',
} as const
const LOGINS = ['app', 'sequencer', 'jobs', 'owner', 'superuser'] as const

describe.each(LOGINS)('%s', (login) => {
  it.each(Object.entries(GROWS))('can neither change, delete nor truncate ledger.%s', async (table, column) => {
    const pool = pools[login]
    if (table === 'quarantine') {
      await pools.superuser.query(
        `INSERT INTO ledger.quarantine (qid, entry_id, reason) VALUES (1, $1, 'no_entry') ON CONFLICT DO NOTHING`,
        [newId()],
      )
    }
    await expect(pool.query(`UPDATE ledger.${table} SET ${column} = ${column}`)).rejects.toMatchObject({ code: DENIED })
    await expect(pool.query(`DELETE FROM ledger.${table}`)).rejects.toMatchObject({ code: DENIED })
    await expect(pool.query(`TRUNCATE ledger.${table} CASCADE`)).rejects.toMatchObject({ code: DENIED })
  })

  it('can neither change, delete nor truncate a month by its own name', async () => {
    const { rows } = await pools.superuser.query<{ name: string }>(
      `SELECT DISTINCT tableoid::regclass::text AS name FROM ledger.entry`,
    )
    for (const { name } of rows) {
      await expect(pools[login].query(`UPDATE ${name} SET envelope = envelope`)).rejects.toMatchObject({ code: DENIED })
      await expect(pools[login].query(`DELETE FROM ${name}`)).rejects.toMatchObject({ code: DENIED })
      await expect(pools[login].query(`TRUNCATE ${name}`)).rejects.toMatchObject({ code: DENIED })
    }
  })

  it.each(['payload', 'projection', 'tile', 'tree_head', 'subject_key'])('cannot truncate ledger.%s', async (table) => {
    await expect(pools[login].query(`TRUNCATE ledger.${table}`)).rejects.toMatchObject({ code: DENIED })
  })

  it.each([
    ['payload', `ciphertext = '\\x00'`],
    ['projection', `sentence = 'other'`],
    ['tile', `hashes = sha256('x')`],
    ['tree_head', 'size = 0'],
    ['pending', `leaf_hash = sha256('x')`],
  ])('cannot rewrite ledger.%s', async (table, change) => {
    await expect(pools[login].query(`UPDATE ledger.${table} SET ${change}`)).rejects.toMatchObject({ code: DENIED })
  })
})

describe('replica mode, which switches ordinary triggers off', () => {
  it('changes nothing, for those who may set it', async () => {
    const client = await pools.superuser.connect()
    await client.query(`SET session_replication_role = 'replica'`)
    for (const table of Object.keys(GROWS)) {
      await expect(client.query(`DELETE FROM ledger.${table}`)).rejects.toMatchObject({ code: DENIED })
      await expect(client.query(`TRUNCATE ledger.${table} CASCADE`)).rejects.toMatchObject({ code: DENIED })
    }
    const id = newId()
    await client.query('INSERT INTO ledger.entry (id, envelope, kind) VALUES ($1, $2, $3)', [
      id,
      encodeEntry({ id, kind: 'team.created', actor: 'system' }),
      'agent.retired',
    ])
    const { rows } = await client.query(
      'SELECT e.kind, p.qid FROM ledger.entry e JOIN ledger.pending p ON p.entry_id = e.id WHERE e.id = $1',
      [id],
    )
    expect(rows).toMatchObject([{ kind: 'team.created' }])
    client.release(true)
  })
})

describe('the app', () => {
  const id = newId()
  const envelope = encodeEntry({ id, kind: 'team.created', actor: 'system' })

  it.each([
    ['a time', 'recorded_at', new Date(0)],
    ['a kind', 'kind', 'agent.retired'],
    ['an agent', 'agent_id', person],
    ['a hash', 'leaf_hash', Buffer.alloc(32)],
  ])('cannot choose %s', async (_, column, value) => {
    await expect(
      pools.app.query(`INSERT INTO ledger.entry (id, envelope, ${column}) VALUES ($1, $2, $3)`, [id, envelope, value]),
    ).rejects.toThrow(/permission denied|cannot insert a non-DEFAULT value/)
  })

  it.each([
    [`INSERT INTO ledger.pending (entry_id, leaf_hash) VALUES (gen_random_uuid(), sha256('x'))`],
    ['DELETE FROM ledger.pending'],
    ['INSERT INTO ledger.leaf VALUES (99, gen_random_uuid())'],
    [`INSERT INTO ledger.tile VALUES (0, 99, sha256('x'))`],
    [`INSERT INTO ledger.checkpoint (origin_n, size, root, note) VALUES (1, 99, sha256('x'), 'x')`],
    [`INSERT INTO ledger.origin (n, origin, vkey, receipt_vkey) VALUES (2, 'x', 'x', 'x')`],
    ['UPDATE ledger.tree_head SET size = size + 1'],
    ['DELETE FROM ledger.payload'],
    ['UPDATE ledger.subject_key SET wrapped_dek = NULL, destroyed_at = now()'],
    ['SELECT ledger.make_partitions(1)'],
    [`ALTER TABLE ledger.entry DISABLE TRIGGER admit`],
    [`SET session_replication_role = 'replica'`],
  ])('cannot: %s', async (sql) => {
    await expect(pools.app.query(sql)).rejects.toMatchObject({ code: DENIED })
  })

  it('cannot name the log a second time', async () => {
    const { rows } = await pools.app.query<{ opened: boolean }>(
      `SELECT ledger.open('other', 'other', 'other') AS opened`,
    )
    expect(rows).toEqual([{ opened: false }])
  })

  it('cannot insert past the queue, not into a month either', async () => {
    const { rows } = await pools.superuser.query<{ name: string }>(
      `SELECT DISTINCT tableoid::regclass::text AS name FROM ledger.entry`,
    )
    const month = rows[0]?.name ?? ''
    const id = newId() // the database takes only ids of now
    const envelope = encodeEntry({ id, kind: 'team.created', actor: 'system' })
    await expect(
      pools.app.query(`INSERT INTO ${month} (id, envelope) VALUES ($1, $2)`, [id, envelope]),
    ).rejects.toMatchObject({ code: DENIED })
    await pools.owner.query(`INSERT INTO ${month} (id, envelope) VALUES ($1, $2)`, [id, envelope])
    expect((await pools.app.query('SELECT 1 FROM ledger.pending WHERE entry_id = $1', [id])).rowCount).toBe(1)
  })
})

describe('the sequencer', () => {
  it('reads neither payloads nor what entries say', async () => {
    for (const sql of [
      'SELECT envelope FROM ledger.entry',
      'SELECT * FROM ledger.payload',
      'SELECT * FROM ledger.projection',
      'SELECT * FROM ledger.subject_key',
    ]) {
      await expect(pools.sequencer.query(sql)).rejects.toMatchObject({ code: DENIED })
    }
  })

  it('cannot write entries', async () => {
    const id = newId()
    const insert = pools.sequencer.query('INSERT INTO ledger.entry (id, envelope) VALUES ($1, $2)', [
      id,
      encodeEntry({ id, kind: 'team.created', actor: 'system' }),
    ])
    await expect(insert).rejects.toMatchObject({ code: DENIED })
  })
})

describe('jobs', () => {
  it('erase a payload, and what lists show of it goes with it', async () => {
    const { id } = await append(pools.app, {
      kind: 'team.created',
      actor: 'system',
      payload: { name: 'x' },
      projection: { sentence: 'x' },
    })
    expect((await pools.jobs.query('DELETE FROM ledger.payload WHERE entry_id = $1', [id])).rowCount).toBe(1)
    expect((await pools.app.query('SELECT 1 FROM ledger.projection WHERE entry_id = $1', [id])).rowCount).toBe(0)
    expect((await pools.app.query('SELECT 1 FROM ledger.entry WHERE id = $1', [id])).rowCount).toBe(1)
  })
})
