import { afterAll, describe, expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool, type Governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage } from '@/lib/halt/engage'
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
