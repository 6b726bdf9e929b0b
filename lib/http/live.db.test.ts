import { afterAll, describe, expect, it } from 'vitest'
import { GET } from '@/app/api/console/stream/route'
import { onHearingAgain, startHearing } from '@/lib/db/bus'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { HOLD, lifecycle, READ } from '@/lib/decisions/lifecycle-testing'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import { deactivate } from '@/lib/people/deactivate'
import { createTeam } from '@/lib/people/edit-organisation'
import { revokeSession } from '@/lib/people/revoke-session'
import type { Actor } from '@/lib/people/actor'
import { cookieOfActor, testOrganisation, TEST_ORIGIN, testPerson } from '@/lib/people/testing'
import { openStreams } from './live'

const database = await testDatabase()
const ledger = await testLedger(database)
const administrator = await testOrganisation()
const listening = new Promise<void>((resolve) => onHearingAgain(resolve))
const hearing = startHearing(database.urls.app, () => undefined)
await listening

async function open(actor: Actor) {
  const headers = { cookie: await cookieOfActor(actor) }
  const response = await GET(new Request(`${TEST_ORIGIN}/api/console/stream`, { headers }))
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const reader = (response.body ?? expect.fail('no body')).getReader()
  const decoder = new TextDecoder()
  let text = ''
  /** Reads on until the stream has said something, or is over. */
  const until = async (said: string) => {
    for (;;) {
      if (said !== 'the end' && text.includes(said)) return (text = text.slice(text.indexOf(said) + said.length))
      const { value, done } = await reader.read()
      if (done) return said === 'the end' ? text : expect.fail(`it ended before it said ${said}`)
      text += decoder.decode(value, { stream: true })
    }
  }
  return { until, close: () => reader.cancel() }
}
const topic = (name: string) => `event: change\ndata: {"topic":"${name}"}\n\n`

afterAll(async () => {
  await hearing.stop()
  expect(openStreams()).toBe(0)
})

describe('the live stream', () => {
  it('says that it is ready, and then what changed', async () => {
    const stream = await open(administrator)
    await stream.until('event: ready')
    await transaction((tx) => createTeam(tx, administrator, 'Platform', new Date()))
    await stream.until(topic('people'))
    await stream.close()
  })

  it('is let go, the oldest first, where one session opens more than any browser needs', async () => {
    const person = await testPerson()
    const first = await open(person)
    const rest = []
    for (let more = 0; more < 24; more++) rest.push(await open(person))
    await first.until('the end')
    expect(openStreams()).toBe(24)
    for (const each of rest) await each.close()
  })

  it('says what the log has of new entries, once it knows how far it was', async () => {
    const stream = await open(administrator)
    await stream.until('event: ready')
    await sequenceOnce(database.pools.sequencer, ledger, null)
    await stream.until(topic('halts'))
    await transaction((tx) => createTeam(tx, administrator, 'Support', new Date()))
    await stream.until(topic('people'))
    await sequenceOnce(database.pools.sequencer, ledger, null)
    const before = await stream.until(topic('ledger'))
    expect(before).not.toContain('"halts"')
    await stream.close()
  })

  it('says at once that a request waits, and of what agents do alone that it is traffic', async () => {
    const agent = await governed(database.pools.superuser)
    const { propose } = lifecycle(database)
    const stream = await open(administrator)
    await stream.until('event: ready')
    await transaction((tx) => createTeam(tx, administrator, 'Claims', new Date()))
    await sequenceOnce(database.pools.sequencer, ledger, null)
    await stream.until(topic('streams'))
    await propose(agent, READ)
    await sequenceOnce(database.pools.sequencer, ledger, null)
    const alone = await stream.until(topic('ledger'))
    expect(alone).not.toContain('"approvals"')
    await propose(agent, HOLD)
    await sequenceOnce(database.pools.sequencer, ledger, null)
    expect(await stream.until(topic('approvals'))).not.toContain('"ledger"')
    await stream.close()
  })

  it('makes a few words of ten thousand notifications, whoever they are told to', async () => {
    const [one, two] = [await open(administrator), await open(administrator)]
    await one.until('event: ready')
    await two.until('event: ready')
    await database.pools.superuser.query(`SELECT pg_notify('approvals', n::text) FROM generate_series(1, 10000) n`)
    await database.pools.superuser.query(`SELECT pg_notify('people', 'the last')`)
    for (const stream of [one, two]) {
      const said = await stream.until(topic('people'))
      expect(said.split('"approvals"').length - 1).toBeLessThan(50)
      await stream.close()
    }
  })

  it('ends at once with its session, and leaves the others', async () => {
    const [gone, stays] = [await testPerson(), await testPerson()]
    const [ending, staying] = [await open(gone), await open(stays)]
    await ending.until('event: ready')
    await staying.until('event: ready')
    await transaction((tx) => revokeSession(tx, gone, gone.via.id, new Date()))
    await ending.until('the end')
    await staying.until(topic('people'))
    await staying.close()
  })

  it('ends with its person’s account', async () => {
    const gone = await testPerson()
    const stream = await open(gone)
    await stream.until('event: ready')
    await deactivate(administrator, gone.id, 'left', new Date())
    await stream.until('the end')
  })

  it('is shut to a token', async () => {
    const response = await GET(
      new Request(`${TEST_ORIGIN}/x`, { headers: { authorization: `Bearer cst_${'A'.repeat(43)}` } }),
    )
    expect(response.status).toBe(401)
  })
})
