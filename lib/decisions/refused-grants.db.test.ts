import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import { expireAction, OUTCOME_MS } from './expire'
import { governed } from './governed-testing'
import { introspect } from './introspect'
import { idOf, lifecycle, READ, said } from './lifecycle-testing'
import { recordOutcomeOrRefusal } from './outcome'
import { cutOff } from './racing-testing'
import { MOST_RECORDED } from './refuse-grant'
import { listRefusals } from './store-actions'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, kinds, propose, state, verdict } = lifecycle(database)
const dana = await testPerson(['analyst'])
const second = new pg.Pool({ connectionString: database.urls.app, max: 8 })
afterAll(() => second.end())

const counted = async (actionId: string) =>
  Object.fromEntries((await listRefusals(pools.app, actionId)).map(({ reason, count }) => [reason, count]))

const labels = async (actionId: string) => {
  const { rows } = await pools.superuser.query<{ labels: string[] }>(
    `SELECT convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE action_id = $1 AND kind = 'action.refused' ORDER BY id`,
    [actionId],
  )
  return rows.map((row) => row.labels)
}

describe('every refusal of a grant is recorded', () => {
  it('a second use, another argument and a use after a halt, each with its reason and where', async () => {
    const agent = await governed(pools.superuser)
    const [once, other, stopped] = [await propose(agent, READ), await propose(agent, READ), await propose(agent, READ)]
    const ask = (answer: typeof once, more = {}) =>
      introspect(pools.app, said(agent, answer.grant?.token ?? '', READ, more))
    expect(await ask(once)).toMatchObject({ active: true })
    expect(await ask(once)).toEqual({ active: false, reason: 'used' })
    expect(await ask(other, { arguments: { id: 'A-18' } })).toEqual({ active: false, reason: 'mismatch' })
    await engage({ scope: 'agent', agent: agent.slug, reason: '', by: dana.id, now: new Date() })
    expect(await ask(stopped)).toEqual({ active: false, reason: 'halted' })
    expect(await labels(idOf(once))).toEqual([['grant_used', 'at_introspection']])
    expect(await labels(idOf(other))).toEqual([['grant_mismatch', 'at_introspection']])
    expect(await labels(idOf(stopped))).toEqual([['grant_halted', 'at_introspection']])
  })

  it('a grant that gave place to another is refused as that, and the other stands', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'approve')
    const [lost, given] = [
      await claimGrant(context, agent.caller, actionId),
      await claimGrant(context, agent.caller, actionId),
    ]
    const ask = (token: string) =>
      introspect(
        pools.app,
        said(agent, token, {
          tool: 'edr.isolate_host',
          arguments: { host: 'fin-lt-0442' },
          resource: { type: 'host', id: 'fin-lt-0442' },
        }),
      )
    expect(await ask(lost.grant?.token ?? '')).toEqual({ active: false, reason: 'replaced' })
    expect(await ask(given.grant?.token ?? '')).toMatchObject({ active: true })
    expect(await counted(actionId)).toEqual({ replaced: 1 })
  })

  it('a claim nobody approved, by another agent, or of what was used; and an outcome under another grant', async () => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const { answer, actionId, approvalId } = await held(agent)
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(claimGrant(context, other.caller, actionId)).rejects.toMatchObject({ code: 'not_found' })
    await verdict(approvalId, answer.digest, dana, 'approve')
    await claimGrant(context, agent.caller, actionId)
    const outcome = { grant: 'cs_grant_invented', status: 'succeeded' as const }
    await expect(recordOutcomeOrRefusal(agent.agentId, actionId, outcome, new Date())).rejects.toMatchObject({
      code: 'grant_invalid',
    })
    expect(await counted(actionId)).toEqual({ not_given: 1, foreign: 1, mismatch: 1 })
    expect(await state(agent, actionId)).toBe('approved')
  })

  it('the first few are entries and all are counted, whoever asks at once: nobody grows the ledger without end', async () => {
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, READ)
    const asked = said(agent, answer.grant?.token ?? '', READ, { arguments: { id: 'A-18' } })
    await Promise.all(Array.from({ length: 40 }, (_, i) => introspect(i % 2 ? second : pools.app, asked)))
    expect(await counted(idOf(answer))).toEqual({ mismatch: 40 })
    const entries = await labels(idOf(answer))
    expect(entries).toHaveLength(MOST_RECORDED)
    expect(entries.filter((each) => each.includes('counted_from_here'))).toHaveLength(1)
    // and the grant is none the worse for it
    expect(await introspect(pools.app, said(agent, answer.grant?.token ?? '', READ))).toMatchObject({ active: true })
  })

  it('the counts are the app’s to raise and never to take away', async () => {
    await expect(pools.app.query('DELETE FROM grant_refused')).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query(`UPDATE grant_refused SET reason = 'used'`)).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query('DELETE FROM grant_replaced')).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query('UPDATE run SET revoked_epoch = 0')).rejects.toMatchObject({ code: '42501' })
  })
})

describe('two at once', () => {
  it('an introspection against a halt: whatever is answered after the halt has returned is not active', async () => {
    for (let race = 0; race < 20; race++) {
      const agent = await governed(pools.superuser)
      const answer = await propose(agent, READ)
      const asked = said(agent, answer.grant?.token ?? '', READ)
      const stopped = engage({ scope: 'agent', agent: agent.slug, reason: '', by: dana.id, now: new Date() })
      const racing = introspect(second, asked).catch(cutOff)
      await stopped
      expect(await introspect(pools.app, asked)).toMatchObject({ active: false })
      const first = await racing
      // the one that raced may have been before the halt, and then it was consumed whole; after it, never
      const { rows } = await pools.superuser.query('SELECT 1 FROM action WHERE id = $1 AND grant_used_at IS NOT NULL', [
        idOf(answer),
      ])
      expect(rows.length).toBe(first?.active === true ? 1 : 0)
    }
  })

  it('a claim against a claim: both may be answered, and of the grants exactly one is used', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'approve')
    const claims = await Promise.allSettled(
      Array.from({ length: 6 }, (_, i) =>
        claimGrant({ ...context, connections: i % 2 ? second : pools.app }, agent.caller, actionId),
      ),
    )
    const tokens = claims.flatMap((each) => (each.status === 'fulfilled' ? [each.value.grant?.token ?? ''] : []))
    expect(tokens.length).toBeGreaterThan(0)
    const proposal = {
      tool: 'edr.isolate_host',
      arguments: { host: 'fin-lt-0442' },
      resource: { type: 'host', id: 'fin-lt-0442' },
    }
    const used = await Promise.all(tokens.map((token) => introspect(pools.app, said(agent, token, proposal))))
    expect(used.filter(({ active }) => active)).toHaveLength(1)
    expect((await kinds(actionId)).filter((kind) => kind === 'action.claimed')).toHaveLength(1)
  })
})

describe('no outcome in time', () => {
  it('makes it unknown, with an entry that calls for an alert', async () => {
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, READ)
    await introspect(pools.app, said(agent, answer.grant?.token ?? '', READ))
    const at = (ms: number) => new Date(Date.now() + ms)
    expect(await transaction((db) => expireAction(db, idOf(answer), at(OUTCOME_MS - 60_000)))).toBe(false)
    expect(await transaction((db) => expireAction(db, idOf(answer), at(OUTCOME_MS + 1_000)))).toBe(true)
    expect(await state(agent, idOf(answer))).toBe('unknown')
  })
})
