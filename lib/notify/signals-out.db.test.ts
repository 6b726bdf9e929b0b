import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { publicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { stopLift } from '@/lib/halt/stop-lift'
import { letGo } from '@/lib/halt/testing'
import { testLedger } from '@/lib/ledger/testing'
import { openSessions } from '@/lib/people/session-config'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { SIGNAL_LANES } from './deliver-signals'
import { integrate, makeStream, sendNow, standing } from './notify-testing'
import { httpReceiver } from './receiver-testing'
import { signalKeysPublished } from './signal-key'
import { testStream } from './test-stream'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const administrator = await testOrganisation()
const ISSUER = 'https://countersign.test'
openSessions({ publicUrl: ISSUER, secret: 'x'.repeat(32) })
const AUDIENCE = 'https://receiver.test/events'
const REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of closing.splice(0)) await stop()
  await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
})
let made = 0
async function receiver(answer: () => { status: number; body?: string; after?: number } = () => ({ status: 202 })) {
  const one = await httpReceiver(answer)
  closing.push(() => one.stop())
  const { id } = await makeStream(administrator, {
    ...{
      kind: 'shared_signals',
      name: `Receiver ${++made}`,
      url: `http://127.0.0.1:${one.port}/events`,
      private: true,
    },
    ...{ ca: null, kinds: ['halt.engaged', 'halt.lift_stopped'], contents: 'entries', from: 'now', audience: AUDIENCE },
    ...{ header: 'authorization', secret: 'Bearer t0ken' },
  })
  return { id, one }
}
const stop = async (agent: string) => {
  const done = await engage({ scope: 'agent', agent, reason: 'it leaks', by: administrator.id, now: new Date() })
  await integrate()
  return done
}
async function verified(body: string) {
  const keys = createLocalJWKSet(await signalKeysPublished(pools.app))
  const { payload } = await jwtVerify(body, keys, {
    ...{ algorithms: ['RS256'], typ: 'secevent+jwt', issuer: ISSUER, audience: AUDIENCE },
  })
  return payload as Record<string, unknown> & { jti: string; events: Record<string, Record<string, unknown>> }
}

describe('a receiver of security events', () => {
  it('is told that the session of a halted agent is revoked, signed, to it alone, in nobody’s words', async () => {
    const agent = await sampleAgent(pools.superuser)
    const { id, one } = await receiver()
    const halt = await stop(agent.slug)
    await sendNow(id)
    expect(one.taken).toHaveLength(1)
    expect(one.taken[0]?.headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      authorization: 'Bearer t0ken',
    })
    const claims = await verified(one.taken[0]?.body ?? '')
    expect(claims).toMatchObject({
      jti: `${publicId('halt', halt.id)}.${publicId('agent', agent.agentId)}`,
      sub_id: { format: 'iss_sub', iss: ISSUER, sub: publicId('agent', agent.agentId) },
      events: { [REVOKED]: { initiating_entity: 'admin' } },
    })
    expect(JSON.stringify(claims)).not.toContain('it leaks')
  })

  it('is told of every agent a wide halt stops, and of none for a halt of a tool', async () => {
    const agents = [await sampleAgent(pools.superuser), await sampleAgent(pools.superuser)]
    const { id, one } = await receiver()
    await engage({ scope: 'organisation', reason: '', by: null, now: new Date() })
    await integrate()
    await sendNow(id)
    const subjects = await Promise.all(
      one.taken.map(async ({ body }) => ((await verified(body)).sub_id as { sub: string }).sub),
    )
    for (const { agentId } of agents) expect(subjects).toContain(publicId('agent', agentId))
    expect(new Set(subjects).size).toBe(subjects.length)
  })

  it('is told again of whom a lift had let go and who is halted again, and of nobody else', async () => {
    const [agent, other] = [await sampleAgent(pools.superuser), await sampleAgent(pools.superuser)]
    const people = [await testPerson(['analyst']), await testPerson(['ciso'])] as const
    const { id, one } = await receiver()
    const halt = await engage({ scope: 'organisation', reason: '', by: administrator.id, now: new Date() })
    await integrate()
    await sendNow(id)
    const before = one.taken.length
    await letGo(halt.id, agent.slug, people)
    await stopLift({ haltId: halt.id, actor: people[1], reason: 'odd again', now: new Date() })
    await integrate()
    await sendNow(id)
    const again = await Promise.all(one.taken.slice(before).map(({ body }) => verified(body)))
    expect(again).toMatchObject([
      {
        jti: `${publicId('halt', halt.id)}.${publicId('agent', agent.agentId)}.1`,
        sub_id: { sub: publicId('agent', agent.agentId) },
        events: { [REVOKED]: { reason_admin: { en: 'A halt was engaged again (organisation).' } } },
      },
    ])
    expect(JSON.stringify(again)).not.toContain(publicId('agent', other.agentId))
  })

  it('that is away is told later, under the same jti', async () => {
    const agent = await sampleAgent(pools.superuser)
    let up = false
    const { id, one } = await receiver(() => ({ status: up ? 202 : 500 }))
    await stop(agent.slug)
    await sendNow(id)
    expect(await standing(id)).toMatchObject({ error: 'status' })
    up = true
    await pools.superuser.query('UPDATE stream SET next_try_at = NULL WHERE id = $1', [id])
    await sendNow(id)
    const [first, second] = await Promise.all(one.got.map(async ({ body }) => (await verified(body)).jti))
    expect(second).toBe(first)
    expect(one.taken).toHaveLength(1)
  })

  it('is told of a halt of many a few at a time, and after a failure of those alone that it had not taken', async () => {
    for (let n = 0; n < 40; n++) await sampleAgent(pools.superuser)
    let refuses = true
    const { id, one } = await receiver(() => ({ status: refuses && one.got.length > 20 ? 500 : 202, after: 30 }))
    await engage({ scope: 'organisation', reason: '', by: null, now: new Date() })
    await integrate()
    await sendNow(id)
    expect(await standing(id)).toMatchObject({ error: 'status' })
    expect(one.most).toBeGreaterThan(1)
    expect(one.most).toBeLessThanOrEqual(SIGNAL_LANES)
    expect(one.taken.length).toBe(20)
    expect(one.got.length).toBeLessThan(20 + 2 * SIGNAL_LANES)
    refuses = false
    await pools.superuser.query('UPDATE stream SET next_try_at = NULL WHERE id = $1', [id])
    await sendNow(id)
    expect(await standing(id)).toMatchObject({ state: 'active', attempts: 0 })
    const told = await Promise.all(one.taken.map(async ({ body }) => (await verified(body)).jti))
    expect(new Set(told).size).toBe(told.length)
    const { rows } = await pools.superuser.query<{ agents: number }>(
      `SELECT count(*)::int AS agents FROM agent WHERE state = 'active'`,
    )
    expect(told.length).toBe(rows[0]?.agents)
  })

  it('that refuses an event stops the stream until a person looks', async () => {
    const agent = await sampleAgent(pools.superuser)
    const { id } = await receiver(() => ({ status: 400, body: '{"err":"invalid_audience"}' }))
    await stop(agent.slug)
    await sendNow(id)
    expect(await standing(id)).toMatchObject({ state: 'failing', stopped: true, error: 'rejected' })
  })

  it('is verified with an event of its own', async () => {
    const { id, one } = await receiver()
    expect(await testStream(db(), administrator, id, 'countersign.test', new Date())).toMatchObject({ ok: true })
    expect(Object.keys((await verified(one.taken[0]?.body ?? '')).events)).toEqual([
      'https://schemas.openid.net/secevent/ssf/event-type/verification',
    ])
  })
})
