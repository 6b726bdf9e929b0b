import { expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { acknowledge } from '@/lib/halt/acknowledge'
import { engage } from '@/lib/halt/engage'
import { haltsFor } from '@/lib/halt/read'
import { stopLift } from '@/lib/halt/stop-lift'
import { letGo } from '@/lib/halt/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { readShell } from './shell'

const database = await testDatabase()
await testLedger(database)
const { superuser } = database.pools
const people = [await testPerson(['analyst']), await testPerson(['ciso'])] as const
const [dana, bram] = people

it('the banner counts who was let go and is halted again as unconfirmed, until they and what they run say so again', async () => {
  const [agent, other] = [await sampleAgent(superuser), await sampleAgent(superuser)]
  const halt = (await engage({ scope: 'organisation', reason: '', by: dana.id, now: new Date() })).id
  const unconfirmed = async () => (await readShell(db(), dana, new Date())).halts[0]?.unconfirmed
  const say = async (agentId: string, runs: string[] = []) => {
    const asked = (await haltsFor(db(), agentId))[0]?.requested_at
    const named = runs.map((run) => publicId('run', run))
    await transaction((tx) => acknowledge(tx, agentId, halt, named, new Date(asked ?? 0)))
  }
  expect(await unconfirmed()).toBe(2)
  await say(agent.agentId)
  await say(other.agentId)
  expect(await unconfirmed()).toBe(0)
  await letGo(halt, agent.slug, people)
  await stopLift({ haltId: halt, actor: bram, reason: '', now: new Date() })
  expect(await unconfirmed()).toBe(1)
  await say(agent.agentId)
  expect(await unconfirmed()).toBe(0)
  // and with something running
  await letGo(halt, agent.slug, people)
  const run = (await transaction((tx) => openRun(tx, agent.agentId, { renews: true }, new Date()))).id
  expect(await unconfirmed()).toBe(0)
  await stopLift({ haltId: halt, actor: bram, reason: '', now: new Date() })
  expect(await unconfirmed()).toBe(1)
  await say(agent.agentId)
  expect(await unconfirmed()).toBe(1)
  await say(agent.agentId, [run])
  expect(await unconfirmed()).toBe(0)
})
