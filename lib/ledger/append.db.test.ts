import { describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import { newId, uuidv7 } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append, prepareEntry } from '@/lib/ledger/append'
import { encodeEntry, parseEntry } from '@/lib/ledger/entry'
import { ledgerKeys } from '@/lib/ledger/keys'
import { leafHash } from '@/lib/ledger/merkle'
import { openPayload } from '@/lib/ledger/open'
import { openLedger } from '@/lib/ledger/start'
import { keepSubjectKey, keptSubjectKey, subjectKey } from '@/lib/ledger/subject-key'
import { testLedger } from '@/lib/ledger/testing'

const database = await testDatabase()
const { pools } = database
const opened = await testLedger(database)
const person = newId()
const agent = newId()

describe('appending', () => {
  it('an entry commits with the caller\u2019s transaction, with what it keeps apart', async () => {
    const prepared = await transaction(
      (db) =>
        append(db, {
          kind: 'approval.approved',
          actor: `person:${person}`,
          agent,
          action: newId(),
          outcome: 'approved',
          reason: 'approved',
          payload: { reason: 'Die Kundin hat recht' },
          projection: { sentence: 'Refund 120 EUR', requester: 'dana@example.com', requester_proof: 'asserted' },
        }),
      database.db,
    )
    const { rows } = await pools.app.query('SELECT * FROM ledger.entry WHERE id = $1', [prepared.id])
    expect(rows[0]).toMatchObject({
      kind: 'approval.approved',
      agent_id: agent,
      person_id: person,
      outcome: 'approved',
      reason_code: 'approved',
      run_id: null,
      leaf_hash: prepared.leaf,
      envelope: prepared.envelope,
    })
    expect(await openPayload(database.db, prepared.id)).toEqual({
      state: 'open',
      payload: { reason: 'Die Kundin hat recht' },
    })
    expect(await openPayload(pools.app, prepared.id)).toMatchObject({ state: 'open' })
    const queued = await pools.app.query('SELECT leaf_hash FROM ledger.pending WHERE entry_id = $1', [prepared.id])
    expect(queued.rows).toEqual([{ leaf_hash: leafHash(prepared.envelope) }])
  })

  it('an entry of a transaction that fails never happened', async () => {
    const id = newId()
    const failing = transaction(async (db) => {
      await append(db, { id, kind: 'team.created', actor: 'system' })
      throw new Error('something else went wrong')
    }, database.db)
    await expect(failing).rejects.toThrow('something else went wrong')
    expect(await openPayload(database.db, id)).toBeNull()
    expect((await pools.app.query('SELECT 1 FROM ledger.pending WHERE entry_id = $1', [id])).rowCount).toBe(0)
  })

  it('an entry that cannot be written takes the whole transaction with it, with a closed code', async () => {
    const [id, team] = [newId(), newId()]
    const doubled = transaction(async (db) => {
      await db.$executeRaw`INSERT INTO team (id, name) VALUES (${team}::uuid, 'Ledger tests')`
      await append(db, { id, kind: 'team.created', actor: 'system' })
      await append(db, { id, kind: 'team.created', actor: 'system' })
    }, database.db)
    await expect(doubled).rejects.toMatchObject({ code: 'cannot_record' })
    expect((await pools.app.query('SELECT 1 FROM team WHERE id = $1', [team])).rowCount).toBe(0)
  })

  it('a batch is written by one call, with and without payloads', async () => {
    const both = await Promise.all([
      prepareEntry(pools.app, { kind: 'run.opened', actor: 'agent', agent }),
      prepareEntry(pools.app, {
        kind: 'action.decided',
        actor: 'agent',
        agent,
        outcome: 'allow',
        payload: { n: 1 },
        projection: { tool: 'x' },
      }),
    ])
    const column = (pick: (one: (typeof both)[number]) => unknown) => both.map(pick)
    await pools.app.query(
      'SELECT ledger.append($1::uuid[], $2::bytea[], $3::uuid[], $4::bytea[], $5, $6, $7, $8, $9, $10)',
      [
        column(({ id }) => id),
        column(({ envelope }) => envelope),
        column(({ payload }) => payload?.subject ?? null),
        column(({ payload }) => payload?.ciphertext ?? null),
        column(({ projection }) => projection?.tool ?? null),
        ...Array.from({ length: 5 }, () => [null, null]),
      ],
    )
    expect(await openPayload(pools.app, both[0].id)).toEqual({ state: 'none' })
    expect(await openPayload(pools.app, both[1].id)).toEqual({ state: 'open', payload: { n: 1 } })
  })
})

describe('an id and its envelope', () => {
  const insert = (id: string, envelope: Buffer) =>
    pools.app.query('INSERT INTO ledger.entry (id, envelope) VALUES ($1, $2)', [id, envelope])
  const entry = (id: string) => encodeEntry({ id, kind: 'team.created', actor: 'system' })

  it('that was made more than five seconds ago, or ahead, is refused', async () => {
    for (const shift of [-6_000, 6_000]) {
      const id = newId(Date.now() + shift)
      await expect(insert(id, entry(id))).rejects.toMatchObject({ constraint: 'entry_id_is_now' })
    }
    const random = newId().replace(/-7/, '-4')
    await expect(insert(random, entry(newId()))).rejects.toMatchObject({ constraint: 'entry_id_is_now' })
  })

  it('may not differ', async () => {
    await expect(insert(newId(), entry(newId()))).rejects.toMatchObject({ constraint: 'entry_id_is_its_own' })
    await expect(insert(newId(), Buffer.from('{}'))).rejects.toMatchObject({ constraint: 'entry_id_is_its_own' })
    await expect(insert(newId(), Buffer.from('not json'))).rejects.toMatchObject({ code: '22P02' })
  })

  it('may not be larger than a log can carry', async () => {
    const id = newId()
    const large = Buffer.from(
      entry(id)
        .toString()
        .replace('{', `{"a":"${'x'.repeat(65_536)}",`),
    )
    await expect(insert(id, large)).rejects.toMatchObject({ constraint: 'entry_fits_a_bundle' })
  })

  it('no id falls outside the months made ahead for more than a year', async () => {
    await clearOfTheTurn('hour')
    const { rows } = await pools.app.query<{ months: number }>(
      `SELECT count(*)::int AS months FROM pg_inherits WHERE inhparent = 'ledger.entry'::regclass`,
    )
    expect(rows[0]?.months).toBeGreaterThanOrEqual(14)
    const later = uuidv7(Date.now() + 380 * 86_400_000, new Uint8Array(10))
    const found = await pools.superuser.query(
      `SELECT 1 FROM pg_class c, LATERAL pg_get_expr(c.relpartbound, c.oid) AS bound
        WHERE c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ledger.entry'::regclass)
          AND $1::text BETWEEN substring(bound FROM 'FROM \\(''(.{36})') AND substring(bound FROM 'TO \\(''(.{36})')`,
      [later],
    )
    expect(found.rowCount).toBe(1)
    // one is due where a month began since the database was made
    const { rows: since } = await pools.superuser.query<{ due: number }>(
      `SELECT (date_trunc('month', now()) > date_trunc('month', max(finished_at)))::int AS due FROM "_prisma_migrations"`,
    )
    expect((await pools.jobs.query<{ made: number }>('SELECT ledger.make_partitions() AS made')).rows[0]?.made).toBe(
      since[0]?.due,
    )
    expect((await pools.jobs.query<{ made: number }>('SELECT ledger.make_partitions(14) AS made')).rows[0]?.made).toBe(
      3,
    )
  })
})

describe('the key of a subject', () => {
  it('is made once, however many ask at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 6 }, () => subjectKey(pools.app, 'requester:user:dana')))
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1)
    expect(keys.every(({ key }) => keys[0]?.key.equals(key))).toBe(true)
  })

  it('is remembered only where it was asked for outside a transaction', async () => {
    const made = await transaction((db) => subjectKey(db, 'person:eve'), database.db)
    expect(keptSubjectKey('person:eve')).toBeNull()
    expect((await keepSubjectKey(pools.app, 'person:eve')).id).toBe(made.id)
    expect(keptSubjectKey('person:eve')?.id).toBe(made.id)
    expect(keptSubjectKey('person:eve', Date.now() + 61_000)).toBeNull()
  })

  it('that was destroyed makes what is under it unreadable for good, and never comes back', async () => {
    const { id } = await append(pools.app, {
      kind: 'person.joined',
      actor: `person:${person}`,
      payload: { email: 'p@example.com' },
    })
    const key = await subjectKey(pools.app, `person:${person}`)
    await expect(
      pools.app.query('UPDATE ledger.subject_key SET wrapped_dek = NULL, destroyed_at = now() WHERE id = $1', [key.id]),
    ).rejects.toThrow(/permission denied/)
    await pools.jobs.query('UPDATE ledger.subject_key SET wrapped_dek = NULL, destroyed_at = now() WHERE id = $1', [
      key.id,
    ])
    expect(await openPayload(pools.app, id)).toEqual({ state: 'erased' })
    await expect(
      pools.jobs.query(`UPDATE ledger.subject_key SET wrapped_dek = '\\x00', destroyed_at = NULL WHERE id = $1`, [
        key.id,
      ]),
    ).rejects.toMatchObject({ code: '42501' })
    expect((await subjectKey(pools.app, `person:${person}`)).id).not.toBe(key.id)
  })
})

describe('opening the ledger again', () => {
  it('finds the same name, and its first entry says that it was opened', async () => {
    const again = await openLedger(pools.app, opened.keys)
    expect(again).toMatchObject({ origin: opened.origin })
    const { rows } = await pools.app.query<{ envelope: Buffer }>(
      'SELECT e.envelope FROM ledger.entry e JOIN ledger.pending p ON p.entry_id = e.id ORDER BY p.qid LIMIT 1',
    )
    expect(rows[0] && parseEntry(rows[0].envelope)).toMatchObject({ kind: 'ledger.opened', actor: 'system' })
  })

  it('with other keys is refused', async () => {
    const seed = Buffer.alloc(32, 9)
    const strange = ledgerKeys({ checkpoint: seed, receipt: seed, payload: seed, commitment: seed })
    expect(await openLedger(pools.app, { ...opened.keys, checkpoint: strange.checkpoint })).toMatchObject({
      code: 'other_signing_keys',
    })
    expect(await openLedger(pools.app, { ...opened.keys, payload: strange.payload })).toMatchObject({
      code: 'other_payload_key',
    })
  })
})
