import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { isFault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { lift } from '@/lib/halt/lift'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { answerAction } from './answer'
import { claimGrant } from './claim'
import type { ActionOutput, IntrospectionInput, Proposal } from './contract'
import { Decider } from './decide'
import { CLAIM_MS, expireAction, OUTCOME_MS, overdueActions } from './expire'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { APPROVAL_MS } from './item'
import { recordOutcome } from './outcome'
import { readOwn } from './read-own'
import { withdraw } from './withdraw'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const publicUrl = () => new URL('http://localhost:3000')
const decider = new Decider({ connections: pools.app, publicUrl })
const context = { decider, connections: pools.app, publicUrl, now: Date.now }
const second = new pg.Pool({ connectionString: database.urls.app, max: 8 })
afterAll(() => second.end())
const [dana, bram] = [await testPerson(['analyst']), await testPerson(['analyst'])]

const HOLD: Proposal = {
  tool: 'edr.isolate_host',
  arguments: { host: 'fin-lt-0442' },
  resource: { type: 'host', id: 'fin-lt-0442' },
}
const READ: Proposal = { tool: 'crm.get_order', arguments: { id: 'A-17' }, resource: { type: 'order', id: 'A-17' } }
const later = (ms: number) => new Date(Date.now() + ms)
const idOf = (answer: ActionOutput) => parsePublicId('action', answer.id)

async function propose(agent: Governed, proposal: Proposal): Promise<ActionOutput> {
  const decided = await decider.decide(agent.caller, proposal)
  if ('replay' in decided) throw new Error('a replay without a key')
  return decided.answer
}
async function held(agent: Governed, proposal: Proposal = HOLD) {
  const answer = await propose(agent, proposal)
  if (answer.approval === null) throw new Error('it was not held')
  return { answer, actionId: idOf(answer), approvalId: parsePublicId('approval', answer.approval.id) }
}
const verdict = (
  approvalId: string,
  digest: string,
  actor: Actor,
  answer: 'approve' | 'reject',
  reason = 'checked',
  now = new Date(),
) =>
  transaction((db) =>
    answerAction(db, { approvalId, actor, answer, reason, digest: Buffer.from(digest.slice(7), 'hex'), now }),
  )
const state = async (agent: Governed, actionId: string, now = new Date()) =>
  (await readOwn(pools.app, publicUrl(), agent.agentId, actionId, now))?.status
const kinds = async (actionId: string) =>
  (
    await pools.superuser.query<{ kind: string }>(
      'SELECT kind FROM ledger.entry WHERE id = $1 OR action_id = $1 ORDER BY id',
      [actionId],
    )
  ).rows.map(({ kind }) => kind)
const said = (
  agent: Governed,
  token: string,
  proposal: Proposal,
  more: Partial<IntrospectionInput> = {},
): IntrospectionInput => ({
  token,
  agent: agent.slug,
  tool: proposal.tool,
  arguments: proposal.arguments,
  resource: proposal.resource,
  ...more,
})

describe('from the question to the outcome', () => {
  it('held, approved, claimed, run and reported: one entry each, in this order', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    expect(await verdict(approvalId, answer.digest, dana, 'approve')).toMatchObject({ status: 'approved' })
    expect(await state(agent, actionId)).toBe('approved')
    const claimed = await claimGrant(context, agent.caller, actionId)
    const token = claimed.grant?.token ?? ''
    expect(await introspect(pools.app, said(agent, token, HOLD))).toMatchObject({
      active: true,
      action: answer.id,
      digest: answer.digest,
    })
    expect(await state(agent, actionId)).toBe('claimed')
    await transaction((db) =>
      recordOutcome(
        db,
        agent.agentId,
        actionId,
        { grant: token, status: 'succeeded', output: { isolated: true } },
        new Date(),
      ),
    )
    expect(await state(agent, actionId)).toBe('succeeded')
    expect(await kinds(actionId)).toEqual([
      'action.decided',
      'approval.approved',
      'action.granted',
      'action.claimed',
      'action.completed',
    ])
  })

  it('an allowed one goes without people; the grant of a harness that executes itself needs no introspection', async () => {
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, READ)
    await transaction((db) =>
      recordOutcome(
        db,
        agent.agentId,
        idOf(answer),
        { grant: answer.grant?.token ?? '', status: 'failed', error: 'timeout' },
        new Date(),
      ),
    )
    expect(await state(agent, idOf(answer))).toBe('failed')
  })
})

describe('verdicts', () => {
  it('of two analysts at once one wins, and the other is told who and what', async () => {
    for (let race = 0; race < 10; race++) {
      const { answer, actionId, approvalId } = await held(await governed(pools.superuser))
      const both = await Promise.allSettled([
        verdict(approvalId, answer.digest, dana, 'approve'),
        verdict(approvalId, answer.digest, bram, 'reject', 'looks wrong'),
      ])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const [won, lost] = both[0].status === 'fulfilled' ? [dana, both[1]] : [bram, both[0]]
      expect(lost).toMatchObject({ reason: { code: 'already_decided' } })
      expect(lost.status === 'rejected' && isFault(lost.reason) ? lost.reason.message : '').toContain(won.name)
      expect((await kinds(actionId)).filter((kind) => kind.startsWith('approval.'))).toHaveLength(1)
    }
  })

  it('a verdict on another digest than the one asked about is refused', async () => {
    const [one, other] = [await held(await governed(pools.superuser)), await held(await governed(pools.superuser))]
    await expect(verdict(one.approvalId, other.answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'digest_mismatch',
    })
  })

  it('the requester never answers, the owner never alone, nobody without the role', async () => {
    const agent = await governed(pools.superuser)
    const { answer, approvalId } = await held(agent, {
      ...HOLD,
      on_behalf_of: { type: 'user', id: dana.email.toUpperCase() },
    })
    await expect(verdict(approvalId, answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    const owner: Actor = { ...dana, id: agent.personId, roles: ['analyst'] }
    await expect(verdict(approvalId, answer.digest, owner, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    const ciso = await testPerson(['ciso'])
    await expect(verdict(approvalId, answer.digest, ciso, 'approve')).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(verdict(approvalId, answer.digest, bram, 'approve')).resolves.toMatchObject({ status: 'approved' })
  })

  it('a rejected action never runs', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'reject', 'not this host')
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await state(agent, actionId)).toBe('rejected')
  })

  it('two seats take two people', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await pools.superuser.query('UPDATE approval SET seats = 2 WHERE id = $1', [approvalId])
    expect(await verdict(approvalId, answer.digest, dana, 'approve')).toMatchObject({ status: 'pending' })
    await expect(verdict(approvalId, answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    expect(await state(agent, actionId)).toBe('held')
    expect(await verdict(approvalId, answer.digest, bram, 'approve')).toMatchObject({ status: 'approved' })
    expect(await kinds(actionId)).toEqual(['action.decided', 'approval.voted', 'approval.approved'])
  })
})

describe('time', () => {
  it('expiry refuses: answered on the moment, whoever writes it down', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    const over = later(APPROVAL_MS + 1_000)
    expect(await state(agent, actionId, over)).toBe('expired')
    await expect(verdict(approvalId, answer.digest, dana, 'approve', '', over)).rejects.toMatchObject({
      code: 'expired',
    })
    expect(await transaction((db) => expireAction(db, actionId, new Date()))).toBe(false)
    expect(await overdueActions(pools.app, over)).toContain(actionId)
    const both = await Promise.all([1, 2].map(() => transaction((db) => expireAction(db, actionId, over))))
    expect(both.filter(Boolean)).toHaveLength(1)
    expect(await kinds(actionId)).toEqual(['action.decided', 'approval.expired'])
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('a grant nobody used, an approval nobody claimed and an outcome nobody reported all end, each by its name', async () => {
    const agent = await governed(pools.superuser)
    const unused = idOf(await propose(agent, READ))
    const used = await propose(agent, READ)
    await introspect(pools.app, said(agent, used.grant?.token ?? '', READ))
    const approved = await held(agent)
    await verdict(approved.approvalId, approved.answer.digest, dana, 'approve')
    const over = later(CLAIM_MS + OUTCOME_MS)
    const due = await overdueActions(pools.app, over)
    expect(due).toEqual(expect.arrayContaining([unused, idOf(used), approved.actionId]))
    for (const id of due) await transaction((db) => expireAction(db, id, over))
    expect(await state(agent, unused)).toBe('expired')
    expect(await state(agent, idOf(used))).toBe('unknown')
    expect(await state(agent, approved.actionId)).toBe('expired')
    // what happened after all is recorded, and changes no state
    await transaction((db) =>
      recordOutcome(db, agent.agentId, idOf(used), { grant: used.grant?.token ?? '', status: 'succeeded' }, over),
    )
    expect(await state(agent, idOf(used))).toBe('unknown')
    expect(await kinds(idOf(used))).toEqual(['action.decided', 'action.claimed', 'action.expired', 'action.completed'])
  })
})

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
    const { openPayload } = await import('@/lib/ledger/open')
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
      reason: 'unknown',
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

describe('withdrawal', () => {
  it('gives up a held action: nobody can answer it any more, and it is given up once', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await transaction((db) => withdraw(db, agent.agentId, actionId, new Date()))
    await expect(verdict(approvalId, answer.digest, dana, 'approve')).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(transaction((db) => withdraw(db, agent.agentId, actionId, new Date()))).rejects.toMatchObject({
      code: 'wrong_state',
    })
    expect(await kinds(actionId)).toEqual(['action.decided', 'action.withdrawn'])
  })

  it('races a verdict: exactly one of them happens', async () => {
    for (let race = 0; race < 10; race++) {
      const agent = await governed(pools.superuser)
      const { answer, actionId, approvalId } = await held(agent)
      const both = await Promise.allSettled([
        transaction((db) => withdraw(db, agent.agentId, actionId, new Date())),
        verdict(approvalId, answer.digest, dana, 'approve'),
      ])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })
})

describe('under a halt', () => {
  it('freezes what waits, kills what was given, still takes outcomes, and nothing resumes by itself', async () => {
    const agent = await governed(pools.superuser)
    const waiting = await held(agent)
    const approved = await held(agent)
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

    const ask = { haltId: id, reason: 'looked at it', now: new Date() }
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
