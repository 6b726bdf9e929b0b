import { describe, expect, it } from 'vitest'
import { sampleAgent, type Sample } from '@/lib/agents/testing'
import { answererOf } from '@/lib/approvals/read'
import { newId, publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { leaseRun } from '@/lib/runs/lease'
import { acknowledge, acknowledgeOrRecord } from './acknowledge'
import { engage, type Engagement } from './engage'
import { readHaltInForce } from './read-in-force'
import { refusedWords } from './read-stops'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const dana = await testPerson(['analyst'], 'Dana Whitlock')

const open = async (agent: Sample, host?: string) =>
  (await transaction((tx) => openRun(tx, agent.agentId, { renews: true, ...(host && { host }) }, new Date()))).id
const halt = async (given: Omit<Engagement, 'reason' | 'by' | 'now'>) =>
  (await engage({ ...given, reason: '', by: dana.id, now: new Date() })).id
const say = (agent: Sample, haltId: string, ...runs: string[]) =>
  acknowledgeOrRecord({ agentId: agent.agentId, haltId, runs: runs.map((run) => publicId('run', run)) })
const under = async (haltId: string, agent: Sample, now = new Date()) =>
  (await readHaltInForce(db(), haltId, answererOf(dana), now))?.agents.find(({ agentId }) => agentId === agent.agentId)
const later = () => new Date(Date.now() + 60_000)
const entries = async (haltId: string) => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows
    .flatMap(({ envelope }) => parseEntry(envelope) ?? [])
    .filter(({ about }) => about?.halt === haltId)
    .map(({ kind }) => kind)
}

describe('a stop, run by run', () => {
  it('is confirmed by the process that stopped, and does not speak for the other one', async () => {
    const agent = await sampleAgent(pools.superuser)
    const [first, second] = [await open(agent, 'worker-1'), await open(agent, 'worker-2')]
    const id = await halt({ scope: 'agent', agent: agent.slug })
    expect(await under(id, agent)).toMatchObject({ state: 'requested', runs: [{}, {}] })
    await say(agent, id, first)
    expect(await under(id, agent, later())).toMatchObject({
      state: 'unconfirmed',
      runs: [
        { run: publicId('run', second), host: 'worker-2', state: 'unconfirmed' },
        { run: publicId('run', first), host: 'worker-1', state: 'confirmed' },
      ],
    })
    await say(agent, id, second)
    await say(agent, id, second)
    expect(await under(id, agent, later())).toMatchObject({ state: 'confirmed' })
    expect(await entries(id)).toEqual(['halt.engaged', 'halt.acknowledged', 'halt.acknowledged'])
  })

  it('is confirmed by its end; one that ended before the halt, or had lapsed, has nothing to confirm', async () => {
    const agent = await sampleAgent(pools.superuser)
    const [ended, lapsed, open_] = [await open(agent), await open(agent), await open(agent)]
    const end = (run: string) => transaction((tx) => leaseRun(tx, agent.agentId, run, { seconds: 0 }, new Date()))
    await end(ended)
    await pools.superuser.query(`UPDATE run SET lease_until = now() - interval '1 s' WHERE id = $1`, [lapsed])
    const id = await halt({ scope: 'agent', agent: agent.slug })
    await end(open_)
    await say(agent, id)
    expect(await under(id, agent, later())).toMatchObject({
      state: 'confirmed',
      runs: [{ run: publicId('run', open_), state: 'confirmed' }],
    })
  })

  it('of one run is asked of that run alone, and only naming it confirms it', async () => {
    const agent = await sampleAgent(pools.superuser)
    const [stopped, other] = [await open(agent), await open(agent)]
    const id = await halt({ scope: 'run', run: publicId('run', stopped) })
    expect((await under(id, agent))?.runs.map(({ run }) => run)).toEqual([publicId('run', stopped)])
    // another process of the agent, which does not have that run
    await say(agent, id)
    await say(agent, id, other)
    expect(await under(id, agent, later())).toMatchObject({ state: 'unconfirmed' })
    await say(agent, id, stopped)
    expect(await under(id, agent, later())).toMatchObject({ state: 'confirmed' })
  })

  it('of a tool asks agents, and leaves runs alone', async () => {
    const agent = await sampleAgent(pools.superuser)
    await open(agent)
    await pools.superuser.query(
      `INSERT INTO tool (id, server, name, source) VALUES ($1, 'crm', 'refund', 'person') ON CONFLICT DO NOTHING`,
      [newId()],
    )
    const id = await halt({ scope: 'tool', tool: 'crm.refund' })
    await say(agent, id)
    expect(await under(id, agent, later())).toMatchObject({ state: 'confirmed', runs: [] })
  })
})

describe('more runs than a list holds', () => {
  /** Runs of an agent, opened in one statement, whose ids come before or after all others. */
  const many = (agent: Sample, runs: number, digit: string) =>
    pools.superuser.query(
      `INSERT INTO run (id, agent_id, lease_until, renews)
       SELECT (lpad(n::text, 8, $3) || '-0000-7000-8000-' || right($1::uuid::text, 12))::uuid, $1::uuid, now() + interval '1 hour', true FROM generate_series(1, $2::int) n`,
      [agent.agentId, runs, digit],
    )

  const over = async (agent: Sample, haltId: string) => {
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [haltId])
    await pools.superuser.query(`UPDATE run SET lease_until = now() - interval '1 s' WHERE agent_id = $1`, [
      agent.agentId,
    ])
  }

  it('are counted: an agent is not confirmed because its silent runs were cut off, and the page says how many', async () => {
    const [crowd, quiet, answers] = [
      await sampleAgent(pools.superuser),
      await sampleAgent(pools.superuser),
      await sampleAgent(pools.superuser),
    ]
    await many(crowd, 5_000, 'f')
    await many(quiet, 3, '0')
    await many(answers, 2, '0')
    const id = await halt({ scope: 'environment', environment: 'production' })
    await say(quiet, id)
    await pools.superuser.query(
      'INSERT INTO halt_run_stopped (halt_id, run_id, agent_id) SELECT $1, id, agent_id FROM run WHERE agent_id = $2',
      [id, answers.agentId],
    )
    await say(answers, id)
    expect(await under(id, quiet, later())).toMatchObject({ state: 'unconfirmed', runs: [{}, {}, {}], unlisted: null })
    expect(await under(id, answers, later())).toMatchObject({ state: 'confirmed', runs: [{}, {}], unlisted: null })
    const most = await under(id, crowd, later())
    expect(most).toMatchObject({ state: 'unconfirmed', unlisted: { answered: 0 } })
    expect((most?.runs.length ?? 0) + (most?.unlisted?.silent ?? 0)).toBe(5_000)
    expect(most?.unlisted?.silent).toBeGreaterThan(0)
    await over(crowd, id)
  })

  it('of agents a halt does not stop take no place in it', async () => {
    const [crowd, mine, mate] = [
      await sampleAgent(pools.superuser),
      await sampleAgent(pools.superuser),
      await sampleAgent(pools.superuser),
    ]
    await pools.superuser.query('UPDATE agent SET team_id = $1 WHERE id = $2', [mine.teamId, mate.agentId])
    await many(crowd, 5_000, 'e')
    const run = await open(mine, 'worker-1')
    const { rows } = await pools.superuser.query<{ name: string }>('SELECT name FROM team WHERE id = $1', [mine.teamId])
    const id = await halt({ scope: 'team', team: rows[0]?.name ?? '' })
    expect(await under(id, mine, later())).toMatchObject({
      unlisted: null,
      runs: [{ run: publicId('run', run), host: 'worker-1', state: 'unconfirmed' }],
    })
    await over(crowd, id)
  })
})

describe('a confirmation that is not the agent’s to give', () => {
  it('of another agent’s halt is refused, recorded once and counted, and confirms nothing', async () => {
    const [agent, other] = [await sampleAgent(pools.superuser), await sampleAgent(pools.superuser)]
    const id = await halt({ scope: 'agent', agent: agent.slug })
    for (let again = 0; again < 3; again++)
      await expect(say(other, id)).rejects.toMatchObject({ code: 'not_permitted' })
    expect(await refusedWords(db(), id)).toMatchObject([{ agent: other.slug, reason: 'not_covered', count: 3 }])
    expect(await entries(id)).toEqual(['halt.engaged', 'halt.acknowledgement_refused'])
    expect(await under(id, agent, later())).toMatchObject({ state: 'unconfirmed', acknowledgedAt: null })
  })

  it('naming a run of another agent takes nothing of it, not even what was its own', async () => {
    const [agent, other] = [await sampleAgent(pools.superuser), await sampleAgent(pools.superuser)]
    const [own, foreign] = [await open(agent), await open(other)]
    const id = await halt({ scope: 'organisation' })
    await expect(say(agent, id, own, foreign)).rejects.toMatchObject({ code: 'not_permitted', field: 'runs[1]' })
    expect(await refusedWords(db(), id)).toMatchObject([{ agent: agent.slug, reason: 'foreign_run', count: 1 }])
    for (const each of [agent, other])
      expect(await under(id, each, later())).toMatchObject({ state: 'unconfirmed', runs: [{ state: 'unconfirmed' }] })
    await expect(transaction((tx) => acknowledge(tx, agent.agentId, id, ['run_of_mine']))).rejects.toMatchObject({
      code: 'not_permitted',
      field: 'runs[0]',
    })
  })

  it('of no halt at all is not found', async () => {
    const agent = await sampleAgent(pools.superuser)
    await expect(say(agent, newId())).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('what Postgres holds', () => {
  it('the app takes back no word: it inserts, and counts what it refused', async () => {
    for (const statement of [
      'UPDATE halt_run_stopped SET at = now()',
      'DELETE FROM halt_run_stopped',
      'DELETE FROM halt_word_refused',
      `UPDATE halt_word_refused SET reason = 'foreign_run'`,
    ])
      await expect(pools.app.query(statement)).rejects.toMatchObject({ code: '42501' })
  })
})
