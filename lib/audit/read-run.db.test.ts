import { describe, expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { HOLD, lifecycle, READ } from '@/lib/decisions/lifecycle-testing'
import { stopRun } from '@/lib/decisions/stop-run'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { readRun } from './read-run'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, propose } = lifecycle(database)
const [dana, noor] = [await testPerson(['analyst']), await testPerson(['auditor'])]

const open = (agent: Governed) => transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 3_600 }, new Date()))

describe('the page of a run', () => {
  it('tells it in order, marks where untrusted content came in and everything after, and pages', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const inRun = { run: { id: publicId('run', run.id) } }
    await propose(agent, { ...READ, ...inRun })
    await propose(agent, { ...READ, ...inRun, untrusted_sources: ['mail:stranger@example.com'] })
    for (let n = 0; n < 60; n++) await propose(agent, { ...READ, arguments: { id: `A-${n}` }, ...inRun })
    const newest = await readRun(db(), noor, publicId('run', run.id), {}, new Date())
    expect(newest.steps).toHaveLength(50)
    expect(newest.steps.every(({ tainted }) => tainted)).toBe(true)
    expect(newest.later).toBeNull()
    const before = newest.earlier ?? ''
    const first = await readRun(db(), noor, publicId('run', run.id), { before }, new Date())
    expect(first.earlier).toBeNull()
    expect(first.steps.slice(0, 3).map(({ kind, tainted, untrusted }) => [kind, tainted, untrusted])).toEqual([
      ['run.opened', false, []],
      ['action.decided', false, []],
      ['action.decided', true, ['mail:stranger@example.com']],
    ])
    const ids = [...first.steps, ...newest.steps].map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(63)
    const onward = await readRun(db(), noor, publicId('run', run.id), { after: first.later ?? '' }, new Date())
    expect(onward.steps.map(({ id }) => id)).toEqual(newest.steps.map(({ id }) => id))
  })

  it('says what stopping it came to, request by request, and which halt covers it', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const id = publicId('run', run.id)
    const mine = await held(agent, { ...HOLD, run: { id }, on_behalf_of: { type: 'user', id: dana.email } })
    const theirs = await held(agent, { ...HOLD, arguments: { host: 'fin-1' }, run: { id } })
    const { halt } = await stopRun({ run: id, runId: run.id, actor: dana, reason: 'Stop', now: () => new Date() })
    const view = await readRun(db(), dana, id, { stopped: halt }, new Date())
    expect(view.stopped?.rejected.map(({ action }) => action)).toEqual([publicId('action', theirs.actionId)])
    expect(view.open.actions).toMatchObject([{ action: publicId('action', mine.actionId), status: 'held' }])
    expect(view.halts).toMatchObject([{ scope: 'run', run: id }])
    expect(view.steps.map(({ kind }) => kind)).toEqual([
      'run.opened',
      'action.decided',
      'action.decided',
      'halt.engaged',
      'approval.rejected',
    ])
  })

  it('is not for whoever may not read the record', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const stranger = await testPerson([])
    await expect(readRun(db(), stranger, publicId('run', run.id), {}, new Date())).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
