import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { lift } from '@/lib/halt/lift'
import { typedName } from '@/lib/halt/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import type { ActionOutput, IntrospectionInput } from './contract'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { HOLD, idOf, lifecycle, READ, said } from './lifecycle-testing'
import { recordOutcome } from './outcome'
import { readOwn } from './read-own'
import { withdraw } from './withdraw'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, kinds, propose, publicUrl, state, verdict } = lifecycle(database)
const [dana, bram] = [await testPerson(['analyst']), await testPerson(['analyst'])]
const second = new pg.Pool({ connectionString: database.urls.app, max: 8 })
afterAll(() => second.end())

describe('grants', () => {
  it('of 16 introspections over two connections, one consumes', async () => {
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, READ)
    const asked = said(agent, answer.grant?.token ?? '', READ)
    const all = await Promise.all(Array.from({ length: 16 }, (_, i) => introspect(i % 2 ? second : pools.app, asked)))
    expect(all.filter(({ active }) => active)).toHaveLength(1)
    expect(all.filter((each) => !each.active && each.reason === 'used')).toHaveLength(15)
    expect((await kinds(idOf(answer))).filter((kind) => kind === 'action.claimed')).toHaveLength(1)
  })

  it.each<[string, (agent: Governed, other: Governed) => Partial<IntrospectionInput>]>([
    ['another argument', () => ({ arguments: { id: 'A-18' } })],
    ['one argument more', () => ({ arguments: { id: 'A-17', all: true } })],
    ['another tool', () => ({ tool: 'crm.note' })],
    ['another resource', () => ({ resource: { type: 'order', id: 'A-18' } })],
    ['no resource', () => ({ resource: undefined })],
    ['another agent', (_, other) => ({ agent: other.slug })],
  ])('%s than was decided consumes nothing', async (_, more) => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const answer = await propose(agent, READ)
    const token = answer.grant?.token ?? ''
    expect(await introspect(pools.app, said(agent, token, READ, more(agent, other)))).toEqual({
      active: false,
      reason: 'mismatch',
    })
    expect(
      await introspect(pools.app, said(agent, token, READ, { agent: publicId('agent', agent.agentId) })),
    ).toMatchObject({ active: true })
    expect(await kinds(idOf(answer))).toEqual(['action.decided', 'action.refused', 'action.claimed'])
  })

  it('dies with a halt, a suspension, a revoked credential, a new signature and the owner’s deactivation, and runs out by itself', async () => {
    const stops: ((agent: Governed) => Promise<unknown>)[] = [
      (agent) => pools.superuser.query(`UPDATE agent SET state = 'suspended' WHERE id = $1`, [agent.agentId]),
      (agent) =>
        pools.superuser.query('UPDATE agent SET revoked_epoch = (SELECT epoch + 1 FROM gate) WHERE id = $1', [
          agent.agentId,
        ]),
      () => pools.superuser.query('UPDATE gate SET revoked_epoch = epoch + 1, epoch = epoch + 1'),
      (agent) => pools.superuser.query('UPDATE person SET deactivated_at = now() WHERE id = $1', [agent.personId]),
    ]
    for (const stop of stops) {
      const agent = await governed(pools.superuser)
      const answer = await propose(agent, READ)
      await stop(agent)
      expect(await introspect(pools.app, said(agent, answer.grant?.token ?? '', READ))).toEqual({
        active: false,
        reason: 'revoked',
      })
    }
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, READ)
    await pools.superuser.query(`UPDATE action SET grant_expires_at = now() - interval '1 second' WHERE id = $1`, [
      idOf(answer),
    ])
    expect(await introspect(pools.app, said(agent, answer.grant?.token ?? '', READ))).toEqual({
      active: false,
      reason: 'expired',
    })
    expect(await introspect(pools.app, said(agent, 'cs_grant_invented', READ))).toEqual({
      active: false,
      reason: 'unknown',
    })
  })

  it('an outcome needs the grant of this action, from its agent, once', async () => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const [mine, theirs] = [await propose(agent, READ), await propose(other, READ)]
    const report = (by: Governed, action: ActionOutput, grant: ActionOutput) =>
      transaction((db) =>
        recordOutcome(
          db,
          by.agentId,
          idOf(action),
          { grant: grant.grant?.token ?? '', status: 'succeeded' },
          new Date(),
        ),
      )
    await expect(report(agent, mine, theirs)).rejects.toMatchObject({ code: 'grant_invalid' })
    await expect(report(other, mine, mine)).rejects.toMatchObject({ code: 'not_found' })
    await expect(report(agent, theirs, mine)).rejects.toMatchObject({ code: 'not_found' })
    await report(agent, mine, mine)
    await expect(report(agent, mine, mine)).rejects.toMatchObject({ code: 'wrong_state' })
    const forbidden = await propose(agent, { tool: 'crm.delete_all', arguments: {} })
    await expect(report(agent, forbidden, mine)).rejects.toMatchObject({ code: 'grant_invalid' })
  })

  it('a secret in an output is taken out before anything is stored', async () => {
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, READ)
    const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`
    await transaction((db) =>
      recordOutcome(
        db,
        agent.agentId,
        idOf(answer),
        { grant: answer.grant?.token ?? '', status: 'succeeded', output: { env: `TOKEN=${secret}` } },
        new Date(),
      ),
    )
    const { rows } = await pools.superuser.query<{ id: string }>(
      `SELECT id FROM ledger.entry WHERE action_id = $1 AND kind = 'action.completed'`,
      [idOf(answer)],
    )
    expect(JSON.stringify(await openPayload(pools.app, rows[0]?.id ?? ''))).not.toContain(secret)
  })
})

describe('the second run of the gate', () => {
  it('an approval discharges exactly its holds: another one supersedes it, and says what', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'approve')
    // meanwhile the agent read something nobody vouches for
    await propose(agent, { ...READ, untrusted_sources: ['web:example.net'] })
    const claimed = await claimGrant(context, agent.caller, actionId)
    expect(claimed).toMatchObject({
      status: 'superseded',
      grant: null,
      reason: { code: 'untrusted_content' },
      approval: { status: 'superseded' },
    })
    expect(await kinds(actionId)).toEqual(['action.decided', 'approval.approved', 'approval.superseded'])
  })

  it('a boundary signed after the verdict takes a fresh look', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'approve')
    await sampleSigned(pools.superuser, agent, sampleBoundary())
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({ status: 'superseded', grant: null })
  })

  it('a claim that got lost is made again, and the first grant is void', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'approve')
    const [lost, again] = [
      await claimGrant(context, agent.caller, actionId),
      await claimGrant(context, agent.caller, actionId),
    ]
    expect(await introspect(pools.app, said(agent, lost.grant?.token ?? '', HOLD))).toEqual({
      active: false,
      reason: 'replaced',
    })
    expect(await introspect(pools.app, said(agent, again.grant?.token ?? '', HOLD))).toMatchObject({ active: true })
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('another agent cannot claim, read or withdraw it', async () => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'approve')
    await expect(claimGrant(context, other.caller, actionId)).rejects.toMatchObject({ code: 'not_found' })
    expect(await state(other, actionId)).toBeUndefined()
    await expect(transaction((db) => withdraw(db, other.agentId, actionId, new Date()))).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('under a halt', () => {
  it('freezes what waits, kills what was given, still takes outcomes, and nothing resumes by itself', async () => {
    const agent = await governed(pools.superuser)
    const waiting = await held(agent)
    const approved = await held(agent, { ...HOLD, arguments: { host: 'other' } })
    await verdict(approved.approvalId, approved.answer.digest, dana, 'approve')
    const [given, running] = [await propose(agent, READ), await propose(agent, READ)]
    await introspect(pools.app, said(agent, running.grant?.token ?? '', READ))

    const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    expect(await propose(agent, READ)).toMatchObject({ decision: 'forbid', reason: { code: 'halted' }, grant: null })
    await expect(verdict(waiting.approvalId, waiting.answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'frozen',
    })
    await expect(verdict(waiting.approvalId, waiting.answer.digest, dana, 'reject', 'no')).rejects.toMatchObject({
      code: 'frozen',
    })
    await expect(claimGrant(context, agent.caller, approved.actionId)).rejects.toMatchObject({ code: 'frozen' })
    expect(await introspect(pools.app, said(agent, given.grant?.token ?? '', READ))).toEqual({
      active: false,
      reason: 'halted',
    })
    expect(await readOwn(pools.app, publicUrl(), agent.agentId, waiting.actionId, new Date())).toMatchObject({
      status: 'held',
      frozen: true,
    })
    await transaction((db) =>
      recordOutcome(
        db,
        agent.agentId,
        idOf(running),
        { grant: running.grant?.token ?? '', status: 'aborted' },
        new Date(),
      ),
    )
    expect(await state(agent, idOf(running))).toBe('aborted')

    const ask = { haltId: id, reason: 'looked at it', typed: await typedName(id), now: new Date() }
    const { approvalId } = await lift({ ...ask, actor: dana })
    const { rows } = await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [
      approvalId,
    ])
    expect(await lift({ ...ask, actor: bram, digest: rows[0]?.digest })).toMatchObject({ status: 'lifted' })

    expect(await introspect(pools.app, said(agent, given.grant?.token ?? '', READ))).toEqual({
      active: false,
      reason: 'revoked',
    })
    expect(await claimGrant(context, agent.caller, approved.actionId)).toMatchObject({
      status: 'superseded',
      grant: null,
    })
    // what still waits takes a fresh look, and then runs
    await verdict(waiting.approvalId, waiting.answer.digest, dana, 'approve')
    expect((await claimGrant(context, agent.caller, waiting.actionId)).grant).not.toBeNull()
    expect(await propose(agent, READ)).toMatchObject({ decision: 'allow' })
  })
})
