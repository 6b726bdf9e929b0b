import pg from 'pg'
import { afterAll, expect, it } from 'vitest'
import { onHeard, onHearingAgain, startHearing } from '@/lib/db/bus'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { engage } from '@/lib/halt/engage'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { HookWait } from './wait'

const database = await testDatabase()
await testLedger(database)
const { held, publicUrl } = lifecycle(database)
const dana = await testPerson(['analyst'])
const listening = new Promise<void>((resolve) => onHearingAgain(resolve))
const hearing = startHearing(database.urls.app, () => undefined)
await listening
const one = new pg.Pool({ connectionString: database.urls.app, max: 1 })
// looked at again after an hour: whatever ends a wait before was heard
const waits = new HookWait({ connections: one, publicUrl, now: Date.now }, 3_600)
afterAll(async () => {
  waits.close()
  await hearing.stop()
  await one.end()
})

it('a halt ends a wait at once, also one that comes while the wait begins, after its action was read', async () => {
  const agent = await governed(database.pools.superuser)
  const { answer } = await held(agent)
  let settled: boolean | null = null
  const waiting = waits.settled(answer, agent.agentId, 600, new AbortController().signal).then(({ frozen }) => {
    settled = frozen
  })
  // the only connection is ours once the action was read, and what else is read of it has to wait
  const between = await one.connect()
  const heard = new Promise<void>((resolve) =>
    onHeard('gate', () => {
      resolve()
    }),
  )
  await engage({ scope: 'agent', agent: agent.slug, reason: '', by: dana.id, now: new Date() })
  await heard
  expect(settled).toBeNull()
  between.release()
  await expect.poll(() => settled).toBe(true)
  await waiting
  expect(waits.size).toBe(0)
})
