import { describe, expect, it } from 'vitest'
import { parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { engage } from '@/lib/halt/engage'
import { noteLapses } from '@/lib/runs/lapse'
import { samplePerson } from '@/lib/agents/testing'
import { testGateway } from './gateway-testing'

const database = await testDatabase()
const { ask, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const READ = { tool: 'crm.get_order', arguments: { id: 'A-17' } }

const leased = async (more: Record<string, unknown> = {}) => {
  const agent = await governed(superuser)
  const token = await tokenOf(agent)
  const { body } = await ask('POST', '/api/v1/runs', token, { renews: true, ...more })
  const renew = (seconds?: number) =>
    ask('POST', `/api/v1/runs/${body.id}/lease`, token, seconds === undefined ? {} : { seconds })
  const propose = () => ask('POST', '/api/v1/actions', token, { ...READ, run: { id: body.id } })
  return { agent, token, run: body.id as string, opened: body, renew, propose }
}
const lapse = (run: string) =>
  superuser.query(`UPDATE run SET lease_until = now() - interval '1 s' WHERE id = $1`, [parsePublicId('run', run)])
const kinds = async (agent: Governed) => {
  const { rows } = await superuser.query<{ kind: string }>(
    `SELECT kind FROM ledger.entry WHERE agent_id = $1 AND kind LIKE 'run.%' ORDER BY id`,
    [agent.agentId],
  )
  return rows.map(({ kind }) => kind)
}

describe('a lease that its client holds', () => {
  it('is 15 seconds unless somebody set another, and never longer than that, whatever is asked', async () => {
    const { opened, renew } = await leased({ lease_seconds: 3_600 })
    expect(opened).toMatchObject({ status: 'open', renews: true, lease_seconds: 15 })
    expect((await renew(86_400)).body).toMatchObject({ lease_seconds: 15 })
    expect((await renew(5)).body).toMatchObject({ lease_seconds: 5 })
    const until = Date.parse((await renew()).body.lease_until as string)
    expect(until).toBeLessThanOrEqual(Date.now() + 15_000)
  })

  it('is as short as its agent’s own, which cannot be longer than the organisation’s', async () => {
    const { agent, renew } = await leased()
    const set = (seconds: number) =>
      superuser.query('UPDATE agent SET lease_seconds = $2 WHERE id = $1', [agent.agentId, seconds])
    await set(7)
    expect((await renew()).body).toMatchObject({ lease_seconds: 7 })
    await set(300)
    expect((await renew()).body).toMatchObject({ lease_seconds: 15 })
    for (const seconds of [4, 301]) await expect(set(seconds)).rejects.toMatchObject({ code: '23514' })
  })

  it('of a client that does not renew stays as long as it asked', async () => {
    expect((await leased({ renews: false, lease_seconds: 7_200 })).opened).toMatchObject({
      renews: false,
      lease_seconds: 7_200,
    })
  })
})

describe('a lease that has lapsed', () => {
  it('lets nothing begin in its run until it is renewed, and both are in the ledger once', async () => {
    const { agent, token, run, renew, propose } = await leased()
    const { body: allowed } = await propose()
    await lapse(run)
    expect(await propose()).toMatchObject({ status: 409, body: { code: 'lease_lapsed', field: 'run.id' } })
    const asked = { token: allowed.grant.token, agent: agent.slug, ...READ }
    expect((await ask('POST', '/api/v1/grants/introspect', token, asked)).body).toEqual({
      active: false,
      reason: 'run_ended',
    })
    await transaction(noteLapses)
    await transaction(noteLapses)
    expect(await renew()).toMatchObject({ status: 200, body: { status: 'open' } })
    expect(await propose()).toMatchObject({ body: { decision: 'allow' } })
    await lapse(run)
    // nobody had noted the second lapse when it came back
    expect(await renew()).toMatchObject({ status: 200 })
    expect(await kinds(agent)).toEqual(['run.opened', 'run.lapsed', 'run.resumed', 'run.lapsed', 'run.resumed'])
  })

  it('is renewed for four hours; then the run is over', async () => {
    const { run, renew, propose } = await leased()
    await superuser.query(`UPDATE run SET lease_until = now() - interval '241 min' WHERE id = $1`, [
      parsePublicId('run', run),
    ])
    expect(await propose()).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    expect(await renew()).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  })
})

describe('nobody keeps a run alive', () => {
  it('of an agent that is halted: it may only end it', async () => {
    const { agent, renew } = await leased()
    const by = await samplePerson(superuser, ['analyst'])
    await engage({ scope: 'agent', agent: agent.slug, reason: '', by, now: new Date() })
    expect(await renew()).toMatchObject({ status: 403, body: { code: 'stop_only' } })
    expect(await renew(0)).toMatchObject({ status: 200, body: { status: 'ended' } })
  })

  it('that is halted itself', async () => {
    const { run, renew } = await leased()
    const by = await samplePerson(superuser, ['analyst'])
    await engage({ scope: 'run', run, reason: '', by, now: new Date() })
    expect(await renew()).toMatchObject({ status: 409, body: { code: 'frozen' } })
  })

  it('of an agent that somebody suspended', async () => {
    const { agent, renew } = await leased()
    await superuser.query(`UPDATE agent SET state = 'suspended' WHERE id = $1`, [agent.agentId])
    expect(await renew()).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  })
})
