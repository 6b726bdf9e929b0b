import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool, type Governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage } from '@/lib/halt/engage'
import { stopLift } from '@/lib/halt/stop-lift'
import { letGo } from '@/lib/halt/testing'
import { entriesOf, testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { confirmStopped } from './confirm-stopped'
import { proposeUpstream } from './propose'
import { readUpstream } from './read'
import { runFor } from './run'

const database = await testDatabase()
const { ask, defects, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const [petra, dana] = [await testPerson(['administrator']), await testPerson(['analyst'])]
const bram = await testPerson(['ciso'])
afterEach(async () => {
  await superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
  await superuser.query('UPDATE gate SET epoch = epoch + 1')
  await superuser.query(`UPDATE agent SET state = 'retired'`)
})
afterAll(() => {
  expect(defects).toEqual([])
})
const stated = {
  name: 'crm_live',
  transport: 'http',
  address: 'http://127.0.0.1:9/mcp',
  header: null,
  secret: null,
} as const
const input = { ...stated, private: true, ownerId: dana.id, reach: 'Orders.', production: false, trusted: false }
await proposeUpstream(db(), petra, input, new Date())
await sampleTool(superuser, 'crm_live.look_up', 'read')
const upstream = await readUpstream(db(), 'crm_live')

const agentOf = () =>
  governed(superuser, { autonomous: [{ tool: 'crm_live.look_up', when: null, reason: null, override: null }] })
const runOf = (agent: Governed) => runFor(db(), agent.agentId, upstream.id, new Date())
/** A call of the agent's run that is begun and has not ended. */
async function begun(agent: Governed, runId: string) {
  const token = await tokenOf(agent)
  const proposal = { tool: 'crm_live.look_up', arguments: {}, run: { id: publicId('run', runId) } }
  const { body } = await ask('POST', '/api/v1/actions', token, proposal)
  const { id, grant } = body as { id: string; grant: { token: string } }
  const consumed = await ask('POST', '/api/v1/grants/introspect', token, {
    ...{ token: grant.token, agent: agent.slug, tool: 'crm_live.look_up', arguments: {} },
  })
  expect(consumed.body).toMatchObject({ active: true })
  return () =>
    ask('POST', `/api/v1/actions/${id}/outcome`, token, { grant: grant.token, status: 'aborted', error: 'halted' })
}
const stop = (agent: Governed, over: object = {}) =>
  engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date(), ...over })
const stopped = async (runId: string) => {
  const { rows } = await superuser.query<{ halt_id: string }>(
    'SELECT halt_id FROM halt_run_stopped WHERE run_id = $1',
    [runId],
  )
  return rows.map(({ halt_id: halt }) => halt)
}
const confirm = () => confirmStopped(db(), transaction)
/** The first of these transactions comes after what `first` does; the others are as they are. */
function once(first: typeof transaction): typeof transaction {
  let done = false
  return async (act) => {
    if (done) return transaction(act)
    done = true
    return first(act)
  }
}

describe('a run that the gateway executes', () => {
  it('is confirmed once none of its calls is at work, once, with an entry of the server’s own word', async () => {
    const agent = await agentOf()
    const runId = await runOf(agent)
    const end = await begun(agent, runId)
    const { id } = await stop(agent)
    await confirm()
    expect(await stopped(runId)).toEqual([])
    expect((await end()).status).toBeLessThan(300)
    expect(await confirm()).toBe(1)
    expect(await confirm()).toBe(0)
    expect(await stopped(runId)).toEqual([id])
    const said = (await entriesOf(database, 'halt.acknowledged')).filter((entry) => entry.agent === agent.agentId)
    expect(said).toMatchObject([{ actor: 'system', run: runId, labels: ['by_gateway'] }])
  })

  it('is not confirmed where nobody knows how a call of it ended', async () => {
    const agent = await agentOf()
    const runId = await runOf(agent)
    await begun(agent, runId)
    await stop(agent)
    await superuser.query(`UPDATE action SET status = 'unknown', ended_at = clock_timestamp() WHERE run_id = $1`, [
      runId,
    ])
    expect(await confirm()).toBe(0)
    expect(await stopped(runId)).toEqual([])
  })

  it('is confirmed under the halt of its own run, and not under that of another agent or of a tool', async () => {
    const [agent, other] = [await agentOf(), await agentOf()]
    const [runId, others] = [await runOf(agent), await runOf(other)]
    await stop(other, { scope: 'run', run: publicId('run', others) })
    await stop(agent, { scope: 'tool', tool: 'crm_live.look_up' })
    expect(await confirm()).toBe(1)
    expect(await stopped(others)).toHaveLength(1)
    expect(await stopped(runId)).toEqual([])
  })

  it('is confirmed under the halt it is quiet under alone, where a call ended unknown since another began', async () => {
    const agent = await agentOf()
    const runId = await runOf(agent)
    await begun(agent, runId)
    await stop(agent)
    await superuser.query(`UPDATE action SET status = 'unknown', ended_at = clock_timestamp() WHERE run_id = $1`, [
      runId,
    ])
    const { id } = await stop(agent, { scope: 'organisation' })
    await confirm()
    expect(await stopped(runId)).toEqual([id])
  })

  it('is not confirmed for a new stop by what was read before: a call begun while it was let go is still at work', async () => {
    const agent = await agentOf()
    const runId = await runOf(agent)
    const { id } = await stop(agent, { scope: 'organisation' })
    let end: () => Promise<{ status: number }> = () => expect.fail('nothing was begun')
    const between: typeof transaction = async (act) => {
      await letGo(id, agent.slug, [dana, bram])
      end = await begun(agent, runId)
      await stopLift({ haltId: id, actor: bram, reason: 'odd again', now: new Date() })
      return transaction(act)
    }
    expect(await confirmStopped(db(), once(between))).toBe(0)
    expect(await stopped(runId)).toEqual([])
    expect((await end()).status).toBeLessThan(300)
    expect(await confirm()).toBe(1)
    expect(await stopped(runId)).toEqual([id])
  })

  it('is confirmed however many others no halt covers', async () => {
    const [agent, other] = [await agentOf(), await agentOf()]
    await superuser.query(
      `WITH more AS (INSERT INTO upstream SELECT (jsonb_populate_record(u, jsonb_build_object('id', lpad(n::text, 32, '0'), 'name', 'many_' || n))).*
         FROM upstream u, generate_series(1, 600) AS n RETURNING id),
       runs AS (INSERT INTO run (id, agent_id, lease_until) SELECT id, $1, now() + interval '1 hour' FROM more RETURNING id)
       INSERT INTO upstream_run (agent_id, upstream_id, run_id) SELECT $1, id, id FROM runs`,
      [other.agentId],
    )
    const runId = await runOf(agent)
    const { rows } = await superuser.query<{ name: string }>(
      'SELECT t.name FROM team t JOIN agent a ON a.team_id = t.id WHERE a.id = $1',
      [agent.agentId],
    )
    const { id } = await stop(agent, { scope: 'team', team: rows[0]?.name ?? '' })
    await confirm()
    expect(await stopped(runId)).toEqual([id])
  })
})

describe('a run that a harness opened', () => {
  it('is the harness’s to confirm', async () => {
    const agent = await agentOf()
    const { id } = await transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, new Date()))
    await stop(agent)
    await confirm()
    expect(await stopped(id)).toEqual([])
  })
})
