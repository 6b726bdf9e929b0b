import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import { checkStanding, verifierOf } from '@/lib/ledger/guard'
import { appendLeaf, emptyRange, encodeRange, rootOf } from '@/lib/ledger/merkle'
import { keepReleased, readReleased } from '@/lib/ledger/released'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { startSequencer, type SequencerAlarm } from '@/lib/ledger/sequencer'
import { tamper } from '@/lib/ledger/tampering'
import { growTiles } from '@/lib/ledger/tile'
import { testLedger } from '@/lib/ledger/testing'
import { verifyLedger } from '@/lib/ledger/verify'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const verifier = verifierOf(ledger)
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-sequence-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const agent = newId()
const record = (sql: pg.Pool | pg.ClientBase = pools.app) =>
  append(sql, { kind: 'action.decided', actor: 'agent', agent, outcome: 'allow', payload: { n: 1 } })
const drain = async () => {
  for (;;) {
    const answer = await sequenceOnce(pools.sequencer, ledger, null)
    if (answer.state === 'done' && answer.taken === 0) return
  }
}
const verdict = async () => {
  const client = await pools.app.connect()
  try {
    return await verifyLedger({ client, verifier, keys: ledger.keys })
  } finally {
    client.release()
  }
}
const leaves = async () =>
  (
    await pools.app.query<{ idx: string; entry_id: string; leaf_hash: Buffer }>(
      'SELECT l.idx, l.entry_id, e.leaf_hash FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id ORDER BY l.idx',
    )
  ).rows

describe('the sequencer', () => {
  it('gives dense indexes and signs the tree of exactly those entries', async () => {
    await Promise.all(Array.from({ length: 20 }, () => record()))
    const answer = await sequenceOnce(pools.sequencer, ledger, null)
    if (answer.state !== 'done' || !answer.checkpoint) throw new Error('nothing was sequenced')
    const rows = await leaves()
    expect(rows.map(({ idx }) => Number(idx))).toEqual(rows.map((_, i) => i))
    expect(openCheckpoint(answer.checkpoint.note, verifier)).toEqual({
      ok: true,
      origin: ledger.origin,
      size: rows.length,
      root: rootOf(rows.map(({ leaf_hash }) => leaf_hash)),
    })
    expect(await verdict()).toMatchObject({ whole: true, size: 21, waiting: 0, erased: 0, unread: 0 })
  })

  it('with nothing queued signs nothing', async () => {
    expect(await sequenceOnce(pools.sequencer, ledger, null)).toEqual({
      state: 'done',
      taken: 0,
      first: null,
      quarantined: 0,
      checkpoint: null,
    })
  })

  it('wakes who listens once a batch', async () => {
    const listener = await pools.app.connect()
    const heard: string[] = []
    listener.on('notification', ({ payload }) => heard.push(payload ?? ''))
    await listener.query('LISTEN ledger')
    await Promise.all([record(), record(), record()])
    await drain()
    await listener.query('SELECT 1')
    expect(heard).toEqual([String((await leaves()).length)])
    listener.release(true)
  })

  it('loses nothing and doubles nothing while many append, some of them slowly, and two sequence', async () => {
    const before = (await leaves()).length
    const folders = ['a', 'b'].map((name) => path.join(folder, name))
    const alarms: SequencerAlarm[] = []
    const sequencers = folders.map((each) =>
      startSequencer({ connections: pools.sequencer, ledger, folder: each, onAlarm: (alarm) => alarms.push(alarm) }),
    )
    const writer = async (n: number) => {
      const client = await pools.app.connect()
      for (let i = 0; i < 40; i += 1) {
        await client.query('BEGIN')
        await record(client)
        if (i % 10 === n) await sleep(30) // commits later than entries made after it
        await client.query(i % 13 === 5 ? 'ROLLBACK' : 'COMMIT')
      }
      client.release()
    }
    await Promise.all(Array.from({ length: 6 }, (_, n) => writer(n)))
    await Promise.all(sequencers.map(({ stop }) => stop()))
    await drain()
    const rows = await leaves()
    expect(rows.map(({ idx }) => Number(idx))).toEqual(rows.map((_, i) => i))
    expect(rows.length - before).toBe(6 * 37)
    expect(new Set(rows.map(({ entry_id }) => entry_id)).size).toBe(rows.length)
    expect(alarms).toEqual([])
    expect(await verdict()).toMatchObject({ whole: true, size: rows.length, waiting: 0 })
    const kept = folders.map((each) => readReleased(each, [verifier]))
    expect(kept.every(({ ok }) => ok)).toBe(true)
  })

  it('stands aside while another holds the head', async () => {
    const other = await pools.sequencer.connect()
    await other.query('BEGIN')
    await other.query('SELECT FROM ledger.tree_head FOR UPDATE')
    expect(await sequenceOnce(pools.sequencer, ledger, null)).toEqual({ state: 'busy' })
    await other.query('ROLLBACK')
    other.release()
  })

  it('that is killed before any of its statements leaves the log whole, and the next one goes on', async () => {
    let survived = false
    for (let at = 1; !survived; at += 1) {
      await Promise.all([record(), record()])
      const size = (await leaves()).length
      survived = await sequenceOnce(dyingAt(at), ledger, null).then(
        () => true,
        () => false,
      )
      if (!survived) expect((await leaves()).length).toBe(size)
      expect(at).toBeLessThan(30)
    }
    await drain()
    expect(await verdict()).toMatchObject({ whole: true, waiting: 0 })
  })

  it('puts aside what cannot be integrated and goes on with the rest', async () => {
    const good = await record()
    const [first] = await leaves()
    await pools.superuser.query(`INSERT INTO ledger.pending (entry_id, leaf_hash) VALUES ($1, sha256('x')), ($2, $3)`, [
      newId(),
      first?.entry_id,
      first?.leaf_hash,
    ])
    const answer = await sequenceOnce(pools.sequencer, ledger, null)
    expect(answer).toMatchObject({ state: 'done', taken: 3, quarantined: 2 })
    const aside = await pools.app.query<{ reason: string }>('SELECT reason FROM ledger.quarantine ORDER BY qid')
    expect(aside.rows.map(({ reason }) => reason)).toEqual(['no_entry', 'already_sequenced'])
    expect((await leaves()).at(-1)?.entry_id).toBe(good.id)
  })
})

describe('a database behind its own checkpoint', () => {
  const released = path.join(folder, 'released')

  it('is told from one that is not, and nothing more is signed over it', async () => {
    await record()
    const answer = await sequenceOnce(pools.sequencer, ledger, null)
    if (answer.state !== 'done' || !answer.checkpoint) throw new Error('nothing was sequenced')
    const { size, note } = answer.checkpoint
    keepReleased(released, note)
    expect(await checkStanding(pools.sequencer, ledger, released)).toEqual({ ok: true, size, released: size })

    // the sequencer goes on elsewhere, and what it let out is what this database no longer knows
    await record()
    const later = await sequenceOnce(pools.sequencer, ledger, null)
    if (later.state !== 'done' || !later.checkpoint) throw new Error('nothing was sequenced')
    keepReleased(released, later.checkpoint.note)
    await restoreTo(size, note)
    await record()
    expect(await checkStanding(pools.sequencer, ledger, released)).toEqual({
      ok: false,
      reason: 'behind',
      size,
      released: size + 1,
    })
    expect(await sequenceOnce(pools.sequencer, ledger, later.checkpoint)).toMatchObject({
      state: 'stopped',
      standing: { reason: 'behind' },
    })

    // and once it has grown past that size again, with other entries
    await drain()
    await record()
    await drain()
    expect(await checkStanding(pools.sequencer, ledger, released)).toMatchObject({ ok: false, reason: 'forked' })
    const alarms: SequencerAlarm[] = []
    await record()
    const sequencer = startSequencer({
      connections: pools.sequencer,
      ledger,
      folder: released,
      onAlarm: (alarm) => alarms.push(alarm),
    })
    while (alarms.length === 0) await sleep(20)
    await sequencer.stop()
    expect(alarms).toMatchObject([{ kind: 'stopped', standing: { reason: 'forked' } }])
    expect(readFileSync(path.join(released, 'released-checkpoint'), 'utf8')).toBe(later.checkpoint.note)
  })

  it('cannot be told when the kept checkpoint is damaged: then nothing is signed either', async () => {
    writeFileSync(path.join(released, 'released-checkpoint'), 'damaged')
    expect(await checkStanding(pools.sequencer, ledger, released)).toMatchObject({ ok: false, reason: 'unreadable' })
  })

  it('a head that was moved without the key is not signed along', async () => {
    await drain()
    await record()
    const { rows } = await pools.app.query<{ size: string }>('SELECT size FROM ledger.tree_head')
    await pools.superuser.query('UPDATE ledger.tree_head SET size = size + 1')
    expect(await sequenceOnce(pools.sequencer, ledger, null)).toMatchObject({
      state: 'stopped',
      standing: { reason: 'unsigned' },
    })
    expect(Number(rows[0]?.size)).toBeGreaterThan(0)
  })
})

/** A pool whose connection is ended by the database right before its n-th statement is sent. */
function dyingAt(n: number): pg.Pool {
  let sent = 0
  const connect = async () => {
    const client = await pools.sequencer.connect()
    client.on('error', () => undefined)
    return new Proxy(client, {
      get: (target, name) => {
        if (name !== 'query') return Reflect.get(target, name, target) as unknown
        return async (...args: [string, unknown[]]) => {
          sent += 1
          if (sent === n) {
            const { processID } = target as unknown as { processID: number }
            await pools.superuser.query('SELECT pg_terminate_backend($1, 5000)', [processID])
          }
          return target.query(...args)
        }
      },
    })
  }
  return new Proxy(pools.sequencer, {
    get: (target, name) => (name === 'connect' ? connect : (Reflect.get(target, name, target) as unknown)),
  })
}

/** What a restore from a backup does to the log: the newest leaves and their entries are gone. Only a superuser can. */
async function restoreTo(size: number, note: string): Promise<void> {
  const hashes = (await leaves()).slice(0, size).map(({ leaf_hash }) => leaf_hash)
  const range = emptyRange()
  for (const hash of hashes) appendLeaf(range, hash)
  await tamper(pools.superuser, async (client) => {
    await client.query('DELETE FROM ledger.entry WHERE id IN (SELECT entry_id FROM ledger.leaf WHERE idx >= $1)', [
      size,
    ])
    await client.query('DELETE FROM ledger.leaf WHERE idx >= $1', [size])
    await client.query('DELETE FROM ledger.pending')
    await client.query('DELETE FROM ledger.tile')
    for (const { level, n, hashes: tile } of growTiles(0, [], hashes)) {
      await client.query('INSERT INTO ledger.tile VALUES ($1, $2, $3)', [level, n, tile])
    }
    await client.query('UPDATE ledger.tree_head SET size = $1, compact_range = $2, note = $3', [
      size,
      encodeRange(range),
      note,
    ])
  })
}
