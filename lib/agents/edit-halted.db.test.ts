import { afterEach, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { edit } from './edit'
import { agentBySlug } from './store'
import { sampleAgent, samplePerson, sampleTeam } from './testing'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const pool = database.pools.superuser
afterEach(async () => {
  await pool.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
})

const engaged = (scope: 'team' | 'environment', target: string) =>
  pool.query(
    `INSERT INTO halt (id, scope, target, reason, epoch) SELECT gen_random_uuid(), $1, $2, 'odd calls', epoch FROM gate`,
    [scope, target],
  )
async function subject() {
  const { slug } = await sampleAgent(pool)
  const fetched = async () => (await agentBySlug(db, slug))!
  const agent = await fetched()
  const owner = { id: await samplePerson(pool) }
  const stay = { purpose: agent.purpose, teamId: agent.teamId, environment: agent.environment }
  const change = (to: Partial<typeof stay>) => edit(db, owner, agent, { ...stay, ...to })
  return { agent, fetched, change }
}

describe('an agent that a halt of its team or its environment stops', () => {
  it('is not moved out of it by one person, whatever else of it they change', async () => {
    const { agent, fetched, change } = await subject()
    await engaged('team', agent.teamId)
    await expect(change({ teamId: await sampleTeam(pool) })).rejects.toMatchObject({ code: 'frozen' })
    expect(await fetched()).toMatchObject({ teamId: agent.teamId })
    await change({ purpose: 'Answers tickets' })
    await engaged('environment', agent.environment)
    const elsewhere = agent.environment === 'staging' ? 'test' : 'staging'
    await expect(change({ environment: elsewhere })).rejects.toMatchObject({ code: 'frozen' })
    expect(await fetched()).toMatchObject({ environment: agent.environment, purpose: 'Answers tickets' })
  })

  it('moves once it is let go, and where another is halted', async () => {
    const { agent, fetched, change } = await subject()
    await engaged('team', agent.teamId)
    await pool.query(`UPDATE halt SET stage = 'agent', released = ARRAY[$1::uuid] WHERE lifted_at IS NULL`, [agent.id])
    const teamId = await sampleTeam(pool)
    await change({ teamId })
    expect(await fetched()).toMatchObject({ teamId })
  })
})
