import { beforeEach, describe, expect, it } from 'vitest'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from './gateway-testing'

const database = await testDatabase()
const { ask, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser

beforeEach(() => clearOfTheTurn('hour'))

describe('limits over HTTP', () => {
  it('a run too many is refused with a code of its own and noted once an hour; one that ended makes room', async () => {
    const agent = await governed(superuser, { limits: { concurrent_runs: 1 } })
    const token = await tokenOf(agent)
    const open = () => ask('POST', '/api/v1/runs', token, {})
    const { body: first } = await open()
    for (let again = 0; again < 2; again++)
      expect(await open()).toMatchObject({ status: 429, body: { code: 'too_many_runs' } })
    await ask('POST', `/api/v1/runs/${first.id}/lease`, token, { seconds: 0 })
    expect(await open()).toMatchObject({ status: 200, body: { status: 'open' } })
    const { rows } = await superuser.query<{ kind: string }>(
      `SELECT kind FROM ledger.entry WHERE agent_id = $1 AND kind LIKE 'run.%' ORDER BY id`,
      [agent.agentId],
    )
    expect(rows.map(({ kind }) => kind)).toEqual(['run.opened', 'run.refused', 'run.closed', 'run.opened'])
  })

  it('tokens reported with an outcome hold the next call, which says what was used', async () => {
    const agent = await governed(superuser, { limits: { tokens_per_day: 1_000 } })
    const token = await tokenOf(agent)
    const propose = () => ask('POST', '/api/v1/actions', token, { tool: 'crm.get_order', arguments: {} })
    const { body: allowed } = await propose()
    const { token: grant } = allowed.grant
    const outcome = { grant, status: 'succeeded', tokens_used: 1_200 }
    await ask('POST', `/api/v1/actions/${allowed.id}/outcome`, token, outcome)
    expect((await propose()).body).toMatchObject({
      decision: 'hold',
      reason: { code: 'limit_reached', rule: 'limits.tokens_per_day' },
    })
  })
})
