import { expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { SEEN_FOR_MS } from './grade'
import { readActiveStandings } from './read-grade'
import { sampleAgent } from './testing'

const { pools } = await testDatabase()
const now = new Date()
const saw = async (sign: string, at = now) => {
  const agent = await sampleAgent(pools.superuser)
  await pools.superuser.query(
    'INSERT INTO agent_sign (agent_id, sign, first_at, last_at, times) VALUES ($1, $2, $3, $3, 1)',
    [agent.agentId, sign, at],
  )
  return agent
}

it('the weakest agents are read first, and only as many as are asked for, of all that could act', async () => {
  const gateway = await saw('gateway')
  const reported = await saw('reported')
  const hook = await saw('hook')
  const unseen = await saw('gateway', new Date(now.getTime() - SEEN_FOR_MS - 1_000))
  await sampleAgent(pools.superuser, 'suspended')
  // that it obeyed says nothing of how its actions run
  await pools.superuser.query(
    `INSERT INTO agent_sign (agent_id, sign, first_at, last_at, times) VALUES ($1, 'halt_confirmed', $2, $2, 1)`,
    [gateway.agentId, now],
  )
  const { rows, all } = await readActiveStandings(db(), now, 3)
  expect(all).toBe(4)
  expect(rows.map(({ slug, standing }) => [slug, standing.grade])).toEqual([
    [unseen.slug, null],
    [reported.slug, 'reported'],
    [hook.slug, 'hook'],
  ])
})
