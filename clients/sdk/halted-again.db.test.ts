import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { canary } from '@/clients/canary/canary'
import { CountersignClient } from '@/clients/sdk/client'
import type { RunStopped } from '@/clients/sdk/run'
import { answererOf } from '@/lib/approvals/read'
import { publicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage } from '@/lib/halt/engage'
import { readHaltInForce } from '@/lib/halt/read-in-force'
import { stopLift } from '@/lib/halt/stop-lift'
import { letGo } from '@/lib/halt/testing'
import { testPerson } from '@/lib/people/testing'

const database = await testDatabase()
const { app } = await testGateway(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const people = [await testPerson(['analyst']), await testPerson(['ciso'])] as const
const [dana, bram] = people

const agentOf = async () => {
  const agent = await governed(database.pools.superuser)
  const { clientId, clientSecret } = agent
  const { rows } = await database.pools.superuser.query<{ slug: string }>('SELECT slug FROM agent WHERE id = $1', [
    agent.agentId,
  ])
  return { agent, slug: rows[0]?.slug ?? '', client: new CountersignClient({ server, clientId, clientSecret }) }
}
const under = async (haltId: string, agent: Governed) =>
  (await readHaltInForce(db(), haltId, answererOf(dana), new Date()))?.agents.find(
    ({ agentId }) => agentId === agent.agentId,
  )

it('an agent that was let go and is halted again aborts what it began meanwhile, and confirms anew', async () => {
  const { agent, slug, client } = await agentOf()
  const quiet = await agentOf()
  const leave = new AbortController()
  const told: string[] = []
  const watching = canary(quiet.client, { everyMs: 60_000, say: (line) => told.push(line) }, leave.signal)

  const works = async () => {
    let begun: () => void = () => undefined
    const started = new Promise<void>((resolve) => (begun = resolve))
    const ended = client
      .run(async ({ signal }) => {
        begun()
        await sleep(60_000, undefined, { signal })
      })
      .catch((error: unknown) => error as RunStopped)
    await Promise.race([started, ended])
    return { ended }
  }
  const first = await works()
  const halt = (await engage({ scope: 'organisation', reason: '', by: dana.id, now: new Date() })).id
  const id = publicId('halt', halt)
  expect(await first.ended).toMatchObject({ kind: 'halted', halt: id })
  await expect.poll(() => under(halt, agent)).toMatchObject({ state: 'confirmed' })
  await expect.poll(() => under(halt, quiet.agent)).toMatchObject({ state: 'confirmed' })

  for (let round = 0; round < 2; round++) {
    await letGo(halt, slug, people)
    const again = await works()
    const before = Date.now()
    await stopLift({ haltId: halt, actor: bram, reason: 'odd again', now: new Date() })
    expect(await again.ended).toMatchObject({ kind: 'halted', halt: id })
    await expect.poll(() => under(halt, agent)).toMatchObject({ state: 'confirmed' })
    expect((await under(halt, agent))?.acknowledgedAt?.getTime()).toBeGreaterThanOrEqual(before - 5)
  }

  // the canary, which only listens
  await letGo(halt, quiet.slug, people)
  await stopLift({ haltId: halt, actor: bram, reason: 'odd again', now: new Date() })
  await expect.poll(() => told.filter((line) => line === `confirmed halt ${id}`)).toHaveLength(2)
  expect(await under(halt, quiet.agent)).toMatchObject({ state: 'confirmed' })
  leave.abort()
  await watching
})
