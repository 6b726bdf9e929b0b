import { describe, expect, it } from 'vitest'
import type { WatchRule } from '@/lib/boundary/boundary'
import { db, transaction } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleBoundary, sampleSigned, sampleTool, type Governed } from '@/lib/decisions/governed-testing'
import { HOLD, lifecycle, READ } from '@/lib/decisions/lifecycle-testing'
import { engage } from '@/lib/halt/engage'
import { lift } from '@/lib/halt/lift'
import { typedName } from '@/lib/halt/testing'
import { prepareEntry } from '@/lib/ledger/append'
import { parseEntry } from '@/lib/ledger/entry'
import { ledger } from '@/lib/ledger/handle'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { consume } from '@/lib/ledger/tail'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { engageFired } from './engage-fired'
import { readAlert } from './read'
import { watchConsumer } from './watch-entries'
import { watchRuns } from './watch-runs'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { propose, held, verdict } = lifecycle(database)
const [dana, bram] = [await testPerson(['analyst'], 'Dana Whitlock'), await testPerson(['ciso'], 'Bram Oduya')]
await consume(watchConsumer)

const MIN = 60_000
const FORBIDDEN = { ...READ, tool: 'crm.delete_all' }
const three: WatchRule = { on: 'forbidden', count: 3, within: 10 * MIN, then: 'halt' }
const watched = (...watch: WatchRule[]) => governed(pools.superuser, { watch })

/** Reads what is new as the tail does, without what follows. */
async function read(): Promise<void> {
  await sequenceOnce(pools.sequencer, ledger(), null)
  while ((await consume(watchConsumer)) > 0);
}
/** The whole of it: read, then engage. */
async function follow(): Promise<void> {
  await read()
  await engageFired()
  await read()
}
async function refuse(agent: Governed, times: number): Promise<void> {
  for (let n = 0; n < times; n++) expect((await propose(agent, FORBIDDEN)).decision).toBe('forbid')
}
type HaltRow = { id: string; reason: string; engaged_by: string | null; lifted_at: Date | null }
const haltsOf = async ({ agentId }: Governed) =>
  (
    await pools.superuser.query<HaltRow>(
      `SELECT id::text AS id, reason, engaged_by, lifted_at FROM halt WHERE scope = 'agent' AND target = $1 ORDER BY engaged_at`,
      [agentId],
    )
  ).rows
const alertsOf = ({ agentId }: Governed) =>
  db().alert.findMany({ where: { agentId }, orderBy: { firstAt: 'asc' }, include: { occurrences: true } })
async function liftBy(haltId: string): Promise<void> {
  const typed = await typedName(haltId)
  await lift({ haltId, actor: dana, typed, reason: 'looked at it', now: new Date() })
  const { rows } = await pools.superuser.query<{ digest: Buffer }>(
    `SELECT digest FROM approval WHERE subject_id = $1 AND status = 'pending'`,
    [haltId],
  )
  await lift({
    haltId,
    actor: bram,
    typed,
    reason: 'so did I',
    now: new Date(),
    ...(rows[0] && { digest: rows[0].digest }),
  })
}

describe('a rule that halts', () => {
  it('halts its agent by itself at the threshold, and not before; the entry names the rule and the alert, and nobody', async () => {
    const agent = await watched(three)
    await refuse(agent, 2)
    await follow()
    expect(await haltsOf(agent)).toEqual([])
    await refuse(agent, 1)
    await follow()
    const [halt, ...others] = await haltsOf(agent)
    expect(others).toEqual([])
    expect(halt).toMatchObject({
      reason: 'watch[0] of boundary version 1: 3 forbidden proposals within 10 minutes.',
      engaged_by: null,
    })
    const [alert] = await alertsOf(agent)
    expect(alert).toMatchObject({ kind: 'watch_halted', severity: 'critical', count: 1 })
    expect(alert?.occurrences).toHaveLength(3)
    const { rows } = await pools.superuser.query<{ envelope: Buffer }>(
      `SELECT envelope FROM ledger.entry WHERE kind = 'halt.engaged' AND agent_id = $1`,
      [agent.agentId],
    )
    expect(rows.map(({ envelope }) => parseEntry(envelope))).toMatchObject([
      { actor: 'system', rule: 'watch[0]', about: { halt: halt?.id, alert: alert?.id } },
    ])
    expect((await propose(agent, READ)).reason.code).toBe('halted')
    expect(await readAlert(db(), dana, alert?.id ?? '')).toMatchObject({
      says: halt?.reason,
      occurrences: { length: 3 },
    })
  })

  it('engages once, although a crash came between coming true and the halt, and another between the halt and its note', async () => {
    const agent = await watched(three)
    await refuse(agent, 3)
    await read() // and then the process is killed
    expect(await haltsOf(agent)).toEqual([])
    await engageFired() // the next one starts
    await pools.superuser.query('UPDATE watch_firing SET settled_at = NULL, halt_id = NULL WHERE agent_id = $1', [
      agent.agentId,
    ])
    const [halt] = await haltsOf(agent)
    await liftBy(halt?.id ?? '') // two people lift it before anybody had noted it
    await engageFired()
    expect(await haltsOf(agent)).toHaveLength(1)
    expect((await haltsOf(agent))[0]?.lifted_at).not.toBeNull()
  })

  it('counts an entry once, although the cursor is set back as a crash would', async () => {
    const agent = await watched(three)
    await refuse(agent, 2)
    await follow()
    const back = () => pools.superuser.query(`UPDATE ledger.cursor SET idx = 0 WHERE consumer = 'watch'`)
    await back()
    await follow()
    await back()
    await follow()
    expect(await haltsOf(agent)).toEqual([])
    await refuse(agent, 1)
    await follow()
    await liftBy((await haltsOf(agent))[0]?.id ?? '')
    await back()
    await follow()
    expect(await haltsOf(agent)).toHaveLength(1)
    expect((await alertsOf(agent)).map(({ count }) => count)).toEqual([1])
  })

  it('engages once, although many replicas read and engage at the same moment', async () => {
    const agent = await watched(three)
    await refuse(agent, 4)
    await sequenceOnce(pools.sequencer, ledger(), null)
    await Promise.all(Array.from({ length: 4 }, () => consume(watchConsumer)))
    await Promise.all(Array.from({ length: 4 }, () => engageFired()))
    expect(await haltsOf(agent)).toHaveLength(1)
    expect((await alertsOf(agent)).map(({ count }) => count)).toEqual([1])
  })

  it('does not engage again while it is halted, and counts anew once two people lifted it', async () => {
    const agent = await watched(three)
    await refuse(agent, 3)
    await follow()
    await refuse(agent, 5)
    await follow()
    const [halt] = await haltsOf(agent)
    await liftBy(halt?.id ?? '')
    await follow()
    await refuse(agent, 2)
    await follow()
    expect(await haltsOf(agent)).toHaveLength(1)
    await refuse(agent, 1)
    await follow()
    expect(await haltsOf(agent)).toHaveLength(2)
  })

  it('does not halt for what was before people lifted a halt, however late it is read', async () => {
    const agent = await watched(three)
    await refuse(agent, 3)
    const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: 'by hand', by: dana.id, now: new Date() })
    await liftBy(id)
    await follow()
    expect(await haltsOf(agent)).toHaveLength(1)
  })

  it('never lifts what it engaged: not by coming to nothing, and not through the gate, which takes two people’s word and nobody else’s', async () => {
    const agent = await watched(three)
    await refuse(agent, 3)
    await follow()
    const [halt] = await haltsOf(agent)
    const id = halt?.id ?? ''
    // the rule is no longer in force, and nothing counts against it
    await sampleSigned(pools.superuser, agent, sampleBoundary())
    await follow()
    const liftAs = async (by: string) =>
      applyChange(
        'halt.lift',
        { id, reason: 'the rule says so', by },
        {
          ...(await prepareEntry(pools.app, { kind: 'halt.lifted', actor: 'system', about: { halt: id } })),
          projection: null,
        },
      )
    expect(await liftAs('')).toMatchObject({ applied: false, refused: 'separation_of_duties' })
    const typed = await typedName(id)
    await lift({ haltId: id, actor: dana, typed, reason: 'looked at it', now: new Date() })
    expect(await liftAs(dana.id)).toMatchObject({ applied: false, refused: 'separation_of_duties' })
    expect((await haltsOf(agent))[0]?.lifted_at).toBeNull()
    await expect(
      pools.superuser.query(
        `INSERT INTO watch_firing (id, agent_id, alert_id, version, place, rule, follows, index, entry_id, at, reason)
         SELECT gen_random_uuid(), agent_id, alert_id, version, place, rule, 'lift', index + 1, entry_id, at, reason FROM watch_firing WHERE halt_id = $1`,
        [id],
      ),
    ).rejects.toMatchObject({ code: '23514' })
    const { rows } = await pools.superuser.query<{ digest: Buffer }>(
      `SELECT digest FROM approval WHERE subject_id = $1 AND status = 'pending'`,
      [id],
    )
    await lift({
      haltId: id,
      actor: bram,
      typed,
      reason: 'so did I',
      now: new Date(),
      ...(rows[0] && { digest: rows[0].digest }),
    })
    expect((await haltsOf(agent))[0]?.lifted_at).not.toBeNull()
  })

  it('halts nobody else', async () => {
    const [agent, other] = [await watched(three), await watched(three)]
    await refuse(agent, 2)
    await refuse(other, 2)
    await follow()
    await refuse(agent, 1)
    await follow()
    expect(await haltsOf(agent)).toHaveLength(1)
    expect(await haltsOf(other)).toEqual([])
  })

  it('follows the boundary in force: a version without the rule stops watching', async () => {
    const agent = await watched(three)
    await refuse(agent, 2)
    await follow()
    await sampleSigned(pools.superuser, agent, sampleBoundary())
    await refuse(agent, 2)
    await follow()
    expect(await haltsOf(agent)).toEqual([])
  })
})

describe('what it counts', () => {
  it('counts what people rejected', async () => {
    const agent = await watched({ on: 'rejected', count: 2, within: 60 * MIN, then: 'halt' })
    for (let n = 0; n < 2; n++) {
      const { approvalId, answer } = await held(agent, { ...HOLD, arguments: { host: `h${n}` } })
      await verdict(approvalId, answer.digest, dana, 'reject')
    }
    await follow()
    expect((await haltsOf(agent))[0]?.reason).toContain('2 proposals people rejected within 1 hour')
  })

  it('counts calls, whatever was answered', async () => {
    const agent = await watched({ on: 'calls', count: 3, within: 5 * MIN, then: 'halt' })
    await propose(agent, READ)
    await propose(agent, FORBIDDEN)
    await held(agent)
    await follow()
    expect(await haltsOf(agent)).toHaveLength(1)
  })

  it('takes a tool for new when neither its boundary names it nor the agent used it before the rule was there', async () => {
    await sampleTool(pools.superuser, 'crm.find', 'read')
    const agent = await governed(pools.superuser)
    await propose(agent, READ)
    await follow()
    await sampleSigned(pools.superuser, agent, sampleBoundary({ watch: [{ on: 'new_tool', then: 'halt' }] }))
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    await propose(agent, READ) // used before
    await held(agent) // named
    await refuse(agent, 1) // not used: refused
    await follow()
    expect(await haltsOf(agent)).toEqual([])
    await propose(agent, { ...READ, tool: 'crm.find' })
    await follow()
    expect((await haltsOf(agent))[0]?.reason).toContain('the first use of a tool')
  })

  it('halts for a run that goes on for too long, once, although two replicas look', async () => {
    const agent = await watched({ on: 'run_longer_than', within: 120 * MIN, then: 'halt' })
    const run = await transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 3_600 }, new Date()))
    await sequenceOnce(pools.sequencer, ledger(), null)
    const look = (minutes: number) => transaction((tx) => watchRuns(tx, new Date(Date.now() + minutes * MIN)))
    await look(119)
    await engageFired()
    expect(await haltsOf(agent)).toEqual([])
    await Promise.all([look(121), look(121)])
    await engageFired()
    expect(await haltsOf(agent)).toHaveLength(1)
    await liftBy((await haltsOf(agent))[0]?.id ?? '')
    await look(240)
    await engageFired()
    expect(await haltsOf(agent)).toHaveLength(1)
    expect(run.id).not.toBe('')
  })
})

describe('a rule that only alerts', () => {
  it('raises an alert each time it comes true, and halts nothing', async () => {
    const agent = await watched({ ...three, then: 'alert' })
    await refuse(agent, 6)
    await follow()
    expect(await haltsOf(agent)).toEqual([])
    const [alert, ...others] = await alertsOf(agent)
    expect(others).toEqual([])
    expect(alert).toMatchObject({ kind: 'watch_noticed', severity: 'warning', count: 2 })
    expect(alert?.occurrences).toHaveLength(6)
  })
})

describe('what is kept', () => {
  it('is never more than a rule counts', async () => {
    const agent = await watched({ on: 'calls', count: 5, within: 60 * MIN, then: 'alert' }, three)
    for (let n = 0; n < 13; n++) await propose(agent, READ)
    await follow()
    const { rows } = await pools.superuser.query<{ rule: string; kept: number }>(
      'SELECT rule, jsonb_array_length(seen) AS kept FROM watch_tally WHERE agent_id = $1 ORDER BY rule',
      [agent.agentId],
    )
    expect(rows).toEqual([
      { rule: 'calls: 5 within 1h', kept: 3 },
      { rule: 'forbidden: 3 within 10m', kept: 0 },
    ])
  })

  it('cannot be unsaid by the login that serves: a firing is only ever settled', async () => {
    await expect(pools.app.query('DELETE FROM watch_firing')).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query(`UPDATE watch_firing SET rule = 'none'`)).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query('DELETE FROM watch_tool')).rejects.toMatchObject({ code: '42501' })
  })
})
