import { afterEach, describe, expect, it } from 'vitest'
import { samplePerson } from '@/lib/agents/testing'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { engage } from '@/lib/halt/engage'
import { HALT_SCOPES, HALTS } from '@/lib/halt/halt'
import { testGateway } from './gateway-testing'

const database = await testDatabase()
const { ask, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const READ = { tool: 'crm.get_order', arguments: { id: 'A-17' } }

afterEach(async () => {
  await superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
  await superuser.query('UPDATE gate SET epoch = epoch + 1')
})

describe.each(HALT_SCOPES.filter((scope) => HALTS[scope].stops))('under a halt of scope %s', (scope) => {
  it('a token serves to hear of it, to confirm and to report, whether it was given before or after', async () => {
    const agent = await governed(superuser)
    const before = await tokenOf(agent)
    const { body: allowed } = await ask('POST', '/api/v1/actions', before, READ)
    const { rows } = await superuser.query<{ name: string }>('SELECT name FROM team WHERE id = $1', [agent.teamId])
    const names = { environment: 'production', team: rows[0]?.name, agent: agent.slug }
    const { named } = HALTS[scope]
    const target = named === 'environment' || named === 'team' || named === 'agent' ? { [named]: names[named] } : {}
    const by = await samplePerson(superuser, ['analyst'])
    const { id } = await engage({ scope, ...target, reason: '', by, now: new Date() })
    const after = await tokenOf(agent)
    for (const token of [before, after]) {
      expect(await ask('POST', '/api/v1/runs', token, {})).toMatchObject({ status: 403, body: { code: 'stop_only' } })
      expect((await ask('POST', '/api/v1/actions', token, READ)).body).toMatchObject({
        decision: 'forbid',
        reason: { code: 'halted' },
        grant: null,
      })
      const halt = `hlt_${id.replaceAll('-', '')}`
      expect((await ask('POST', `/api/v1/halts/${halt}/acknowledgement`, token, {})).status).toBe(200)
    }
    const outcome = { grant: allowed.grant.token, status: 'aborted' }
    expect((await ask('POST', `/api/v1/actions/${allowed.id}/outcome`, after, outcome)).status).toBe(200)
  })
})
