import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { startHearing } from '@/lib/db/bus'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import { verifierOf } from '@/lib/ledger/guard'
import { verifyInclusion } from '@/lib/ledger/merkle'
import {
  entriesFrom,
  entriesOfAction,
  entryAt,
  entryById,
  ledgerStatus,
  listEntries,
  proofOf,
  type LedgerEntry,
} from '@/lib/ledger/read'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { consume, startTail, type Consumer } from '@/lib/ledger/tail'
import { testLedger } from '@/lib/ledger/testing'

const database = await testDatabase()
const { pools, db } = database
const ledger = await testLedger(database)
const [one, two] = [newId(), newId()]
let action = ''

beforeAll(async () => {
  for (let i = 0; i < 40; i += 1) {
    const decided = await append(db, {
      kind: 'action.decided',
      actor: 'agent',
      agent: i % 4 === 0 ? two : one,
      outcome: i % 10 === 0 ? 'forbid' : 'allow',
      payload: { i },
      projection: { tool: 'crm.refund', sentence: `number ${i}` },
    })
    action = decided.id
  }
  await append(db, { kind: 'action.completed', actor: 'agent', agent: one, action, outcome: 'succeeded' })
  await sequenceOnce(pools.sequencer, ledger, null)
})

describe('the list of entries', () => {
  it('is newest first, and its pages meet without gap or overlap, both ways', async () => {
    const all = (await listEntries(db, {}, { limit: 200 })).entries.map(({ id }) => id)
    expect(all).toEqual([...all].sort().reverse())
    expect(all.length).toBe(42)
    const down: string[] = []
    let page = await listEntries(db, {}, { limit: 10 })
    expect(page.newer).toBeNull()
    for (;;) {
      down.push(...page.entries.map(({ id }) => id))
      if (page.older === null) break
      page = await listEntries(db, {}, { before: page.older, limit: 10 })
    }
    expect(down).toEqual(all)
    const up: string[] = [...page.entries.map(({ id }) => id)]
    while (page.newer !== null) {
      page = await listEntries(pools.app, {}, { after: page.newer, limit: 10 })
      up.unshift(...page.entries.map(({ id }) => id))
    }
    expect(up).toEqual(all)
  })

  it('is filtered by agent, by outcome, by kind, and by all of them', async () => {
    expect((await listEntries(db, { agentId: two })).entries.length).toBe(10)
    expect((await listEntries(db, { outcome: 'forbid' })).entries.length).toBe(4)
    expect((await listEntries(db, { agentId: two, outcome: 'forbid' })).entries.length).toBe(2)
    expect(
      (await listEntries(db, { kinds: ['action.completed', 'ledger.opened'] })).entries.map(({ entry }) => entry?.kind),
    ).toEqual(['action.completed', 'ledger.opened'])
    expect(await listEntries(db, { agentId: newId() })).toEqual({ entries: [], older: null, newer: null })
  })

  it.each([
    ['an agent', 'agent_id = $1::uuid', one, 'agent_id_id_idx'],
    ['everything', '$1::text IS NOT NULL', 'x', 'pkey'],
  ])('of %s comes from an index, without sorting', async (_, condition, value, index) => {
    const client = await pools.app.connect()
    await client.query('BEGIN')
    await client.query('SET LOCAL enable_seqscan = off')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM ledger.entry WHERE ${condition} ORDER BY id DESC LIMIT 51`,
      [value],
    )
    await client.query('ROLLBACK')
    client.release()
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(new RegExp(`Index (Only )?Scan Backward using \\S+_${index}`))
    expect(plan).not.toContain('Sort')
  })
})

describe('one entry', () => {
  it('is found by id and by index, with what lists show of it', async () => {
    const entry = await entryById(db, action)
    expect(entry).toMatchObject({
      id: action,
      entry: { kind: 'action.decided', agent: one },
      projection: { sentence: 'number 39' },
    })
    expect(await entryAt(db, entry?.index ?? -1)).toEqual(entry)
    expect(await entryById(db, newId())).toBeNull()
    expect(await entryAt(db, 10_000)).toBeNull()
  })

  it('of an action comes with the whole story', async () => {
    expect((await entriesOfAction(db, action)).map(({ entry }) => entry?.kind)).toEqual([
      'action.decided',
      'action.completed',
    ])
  })

  it('is proved to be under the signed checkpoint', async () => {
    for (const index of [0, 1, 17, 41]) {
      const [entry, proof] = [await entryAt(db, index), await proofOf(db, index)]
      const opened = openCheckpoint(proof?.checkpoint ?? '', verifierOf(ledger))
      if (!opened.ok || !entry || !proof) throw new Error('no proof')
      expect(verifyInclusion(index, opened.size, entry.leaf, proof.path, opened.root)).toBe(true)
    }
    expect(await proofOf(db, 42)).toBeNull()
  })
})

describe('where the log stands', () => {
  it('says its size, its root, and what waits', async () => {
    expect(await ledgerStatus(db)).toMatchObject({
      origin: ledger.origin,
      size: 42,
      waiting: 0,
      waitingSince: null,
      quarantined: 0,
    })
    await append(db, { kind: 'run.opened', actor: 'agent', agent: one })
    const status = await ledgerStatus(pools.app)
    expect(status.waiting).toBe(1)
    expect(status.waitingSince).toBeInstanceOf(Date)
    expect(status.root?.length).toBe(32)
    await sequenceOnce(pools.sequencer, ledger, null)
  })
})

describe('a consumer', () => {
  const consumer = (name: string, heard: LedgerEntry[], from: Consumer['from'] = 'beginning'): Consumer => ({
    name,
    from,
    handle: (_, entries) => {
      heard.push(...entries)
      return Promise.resolve()
    },
  })

  it('reads every entry once, in the order of the log', async () => {
    const heard: LedgerEntry[] = []
    while ((await consume(consumer('all', heard))) > 0);
    expect(heard.map(({ index }) => index)).toEqual(Array.from({ length: 43 }, (_, i) => i))
    expect(await consume(consumer('all', heard))).toBe(0)
    expect((await entriesFrom(db, 40, 10)).map(({ index }) => index)).toEqual([40, 41, 42])
  })

  it('whose handling fails gets the same entries again, and what it wrote is undone', async () => {
    const team = newId()
    const failing: Consumer = {
      name: 'fails',
      from: 'beginning',
      handle: async (tx) => {
        await tx.$executeRaw`INSERT INTO team (id, name) VALUES (${team}::uuid, 'by a consumer')`
        throw new Error('no')
      },
    }
    await expect(consume(failing)).rejects.toThrow('no')
    expect((await pools.app.query('SELECT 1 FROM team WHERE id = $1', [team])).rowCount).toBe(0)
    const heard: LedgerEntry[] = []
    await consume(consumer('fails', heard))
    expect(heard[0]?.index).toBe(0)
  })

  it('that starts now does not hear what was before', async () => {
    const heard: LedgerEntry[] = []
    expect(await consume(consumer('late', heard, 'now'))).toBe(0)
    const { id } = await append(db, { kind: 'run.opened', actor: 'agent', agent: one })
    await sequenceOnce(pools.sequencer, ledger, null)
    await consume(consumer('late', heard, 'now'))
    expect(heard.map((entry) => entry.id)).toEqual([id])
  })

  it('is one, however many replicas there are: the others stand aside', async () => {
    const heard: LedgerEntry[] = []
    const counts = await Promise.all(Array.from({ length: 4 }, () => consume(consumer('replicas', heard))))
    while ((await consume(consumer('replicas', heard))) > 0);
    expect(heard.length).toBe(44)
    expect(counts.filter((count) => count > 0).length).toBe(1)
  })

  it('that tails hears of what arrives', async () => {
    const heard: LedgerEntry[] = []
    const hearing = startHearing(database.urls.app, () => undefined)
    const tail = startTail(consumer('tails', heard, 'now'), () => undefined)
    while ((await pools.app.query(`SELECT 1 FROM ledger.cursor WHERE consumer = 'tails'`)).rowCount === 0);
    const { id } = await append(db, { kind: 'run.opened', actor: 'agent', agent: two })
    await sequenceOnce(pools.sequencer, ledger, null)
    while (heard.length === 0) await sleep(10)
    await tail.stop()
    await hearing.stop()
    expect(heard.map((entry) => entry.id)).toEqual([id])
  })

  it('that rests after a batch takes what came meanwhile, and misses nothing', async () => {
    const batches: string[][] = []
    const resting: Consumer = {
      ...{ name: 'rests', from: 'now', restMs: 500 },
      handle: (_, entries) => {
        batches.push(entries.map(({ id }) => id))
        return Promise.resolve()
      },
    }
    const write = async () => {
      const { id } = await append(db, { kind: 'run.opened', actor: 'agent', agent: one })
      await sequenceOnce(pools.sequencer, ledger, null)
      return id
    }
    await consume(resting)
    const first = await write()
    const hearing = startHearing(database.urls.app, () => undefined)
    const tail = startTail(resting, () => undefined)
    while (batches.length === 0) await sleep(5)
    const rest = [await write(), await write(), await write()]
    while (batches.flat().length < 4) await sleep(10)
    await tail.stop()
    await hearing.stop()
    expect(batches.flat()).toEqual([first, ...rest])
    expect(batches[0]).toEqual([first])
  })
})
