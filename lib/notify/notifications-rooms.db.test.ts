import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { HOLD, lifecycle } from '@/lib/decisions/lifecycle-testing'
import { withdraw } from '@/lib/decisions/withdraw'
import { withdrawOfRun } from '@/lib/decisions/withdraw-ended'
import { engage } from '@/lib/halt/engage'
import { append } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { entriesOf, testOrganisation, testPerson } from '@/lib/people/testing'
import { leaseRun } from '@/lib/runs/lease'
import { openRun } from '@/lib/runs/open'
import { notifyExpiring } from './notify-expiring'
import { addChannel, follow, rows, sendAll } from './notifications-testing'
import { httpReceiver, type Got } from './receiver-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const administrator = await testOrganisation()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const { held, verdict } = lifecycle(database)
await follow()
const working = (): Promise<Governed> => governed(pools.superuser)
const agent = await working()
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  await follow()
  await pools.superuser.query('DELETE FROM notification')
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe('rooms of the organisation', () => {
  async function room(kind: 'slack' | 'teams', given: { kinds?: string[]; team?: string | null } = {}) {
    const receiver = await httpReceiver(() => ({ status: 200, body: 'ok' }))
    closing.push(() => receiver.stop())
    const url = `http://127.0.0.1:${receiver.port}/hook/secret-part`
    const name = `${kind} ${receiver.port}`
    await addChannel(administrator, {
      kind,
      name,
      url,
      team: given.team ?? null,
      kinds: given.kinds ?? ['request', 'halt', 'alert'],
      severity: 'warning',
      private: true,
    })
    closing.push(async () => {
      await pools.superuser.query("UPDATE channel SET state = 'removed' WHERE name = $1", [name])
    })
    return receiver
  }
  const bodies = (got: readonly Got[]) => got.map(({ body }) => JSON.parse(body) as Record<string, unknown>)

  test('are told of their team’s agents, in the words of Slack and of Teams, and the address is kept sealed', async () => {
    const mine = await working()
    const [slack, teams, other] = [
      await room('slack'),
      await room('teams', { team: mine.teamId }),
      await room('slack', { team: agent.teamId }),
    ]
    const { answer } = await held(mine)
    await follow()
    await sendAll()
    expect(JSON.stringify(bodies(slack.taken)[0])).toContain(
      `https://countersign.example.com/approvals/${answer.approval?.id}|`,
    )
    expect(bodies(teams.taken)[0]).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }],
    })
    expect(other.taken).toHaveLength(0)
    const { rows: stored } = await pools.superuser.query<{ line: string }>(
      "SELECT to_jsonb(c)::text || encode(coalesce(c.secret, ''), 'escape') AS line FROM channel c",
    )
    expect(stored.every(({ line }) => !line.includes('secret-part'))).toBe(true)
    expect(JSON.stringify(await entriesOf(database, 'channel.created'))).not.toContain('secret-part')
  })

  test('are tried again after 500 and 429, and given up after 400', async () => {
    const receiver = await room('slack')
    let status = 500
    receiver.answer = () => ({ status })
    await held(await working())
    await follow()
    await sendAll()
    expect((await rows("via = 'slack'")).map(({ state, why }) => [state, why])).toEqual([['queued', 'status']])
    status = 429
    await sendAll()
    expect((await rows("via = 'slack'")).map(({ state, why }) => [state, why])).toEqual([['queued', 'busy']])
    status = 400
    await sendAll()
    expect((await rows("via = 'slack'")).map(({ state, why }) => [state, why])).toEqual([['failed', 'rejected']])
  })

  test('a pager is opened by a halt, acknowledged when lifting is asked for, resolved when it is lifted, in this order; and hears nothing of what it never heard', async () => {
    const receiver = await httpReceiver(() => ({ status: 202, body: '{"status":"success"}' }))
    closing.push(() => receiver.stop())
    await addChannel(administrator, {
      ...{
        kind: 'pagerduty',
        name: 'Pager',
        key: 'routing-key-of-tests',
        url: `http://127.0.0.1:${receiver.port}/v2/enqueue`,
      },
      ...{ team: null, kinds: ['halt'], severity: 'warning', private: true },
    })
    const mine = await working()
    const { approvalId, answer } = await held(mine)
    await verdict(approvalId, answer.digest, dana, 'reject')
    const { id } = await engage({ scope: 'agent', agent: mine.slug, reason: 'x', by: dana.id, now: new Date() })
    const halt = (kind: 'halt.lift_voted' | 'halt.lifted') =>
      transaction((tx) => append(tx, { kind, actor: `person:${dana.id}`, agent: mine.agentId, about: { halt: id } }))
    // in one breath with what opened it
    await halt('halt.lift_voted')
    await halt('halt.lifted')
    await follow()
    await sendAll()
    await sendAll()
    const events = bodies(receiver.taken)
    expect(events.map(({ event_action: act }) => act)).toEqual(['trigger', 'acknowledge', 'resolve'])
    expect(new Set(events.map(({ dedup_key: key }) => key))).toEqual(new Set([`countersign:halt:${id}`]))
    expect(events[0]).toMatchObject({
      routing_key: 'routing-key-of-tests',
      payload: { severity: 'critical', summary: `Halt engaged: agent ${mine.slug}` },
    })
    await pools.superuser.query("UPDATE halt SET lifted_at = now(), lift_reason = 'test'")
  })

  test('a pager is resolved by what its agent gives up and by what its run takes with it, as the verbs record it', async () => {
    const receiver = await httpReceiver(() => ({ status: 202, body: '{"status":"success"}' }))
    closing.push(() => receiver.stop())
    await addChannel(administrator, {
      ...{ kind: 'pagerduty', name: 'Pager of requests', key: 'routing-key-of-tests' },
      url: `http://127.0.0.1:${receiver.port}/v2/enqueue`,
      ...{ team: null, kinds: ['expiring'], severity: 'warning', private: true },
    })
    const mine = await working()
    const given = await held(mine)
    const { id: runId } = await transaction((tx) => openRun(tx, mine.agentId, { lease_seconds: 60 }, new Date()))
    const taken = await held(mine, {
      ...{ ...HOLD, arguments: { host: 'another' }, run: { id: publicId('run', runId) } },
    })
    const { rows: ends } = await pools.superuser.query<{ at: Date }>(
      'SELECT max(expires_at) AS at FROM approval WHERE agent_id = $1',
      [mine.agentId],
    )
    await follow()
    await transaction((tx) => notifyExpiring(tx, new Date((ends[0]?.at.getTime() ?? 0) - 60_000)))
    await sendAll()
    await transaction((tx) => withdraw(tx, mine.agentId, given.actionId, new Date()))
    await transaction((tx) => leaseRun(tx, mine.agentId, runId, { seconds: 0 }, new Date()))
    await withdrawOfRun(pools.app, runId, new Date())
    await follow()
    await sendAll()
    const events = bodies(receiver.taken)
    for (const { approvalId } of [given, taken])
      expect(
        events
          .filter(({ dedup_key: key }) => key === `countersign:approval:${approvalId}`)
          .map(({ event_action: act }) => act),
      ).toEqual(['trigger', 'resolve'])
  })
})
