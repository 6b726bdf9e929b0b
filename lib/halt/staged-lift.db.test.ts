import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answererOf } from '@/lib/approvals/read'
import { seatRule } from '@/lib/approvals/seat'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import { newId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleBoundary, type Governed } from '@/lib/decisions/governed-testing'
import { introspect } from '@/lib/decisions/introspect'
import { lifecycle, READ, said } from '@/lib/decisions/lifecycle-testing'
import { prepareEntry } from '@/lib/ledger/append'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { labelOfAgent } from './about-halt'
import { engage } from './engage'
import { isHalted } from './in-force'
import { lift, type LiftRequest } from './lift'
import { haltsFor } from './read'
import { readHaltInForce } from './read-in-force'
import { recordBrokenGlass } from './record-broken-glass'
import { GLASS_MS, SILENT_STAGE_MS } from './staged-lift'
import { stopLift } from './stop-lift'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, propose, verdict } = lifecycle(database)
const [dana, bram] = [await testPerson(['analyst'], 'Dana'), await testPerson(['ciso'], 'Bram')]

let first: Governed
let mate: Governed
let other: Governed
let team = ''
let halt = ''
beforeEach(async () => {
  ;[first, mate, other] = [
    await governed(pools.superuser, sampleBoundary()),
    await governed(pools.superuser, sampleBoundary()),
    await governed(pools.superuser, sampleBoundary()),
  ]
  await pools.superuser.query('UPDATE agent SET team_id = (SELECT team_id FROM agent WHERE id = $1) WHERE id = $2', [
    first.agentId,
    mate.agentId,
  ])
  const { rows } = await pools.superuser.query<{ name: string }>(
    'SELECT t.name FROM team t JOIN agent a ON a.team_id = t.id WHERE a.id = $1',
    [first.agentId],
  )
  team = rows[0]?.name ?? ''
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  halt = (await engage({ scope: 'organisation', reason: '', by: dana.id, now: new Date() })).id
})
afterEach(async () => {
  await pools.superuser.query(`UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL`)
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
})

type Step = Partial<Pick<LiftRequest, 'stage' | 'agent' | 'team' | 'now'>> & { typed: string }
const ask = (actor: Actor, step: Step & { digest?: Buffer }) =>
  lift({ haltId: halt, actor, reason: 'its source was cleaned', now: new Date(), ...step })
const digestOf = async (approvalId: string) =>
  (await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [approvalId])).rows[0]
    ?.digest
const both = async (step: Step) => {
  const { approvalId } = await ask(dana, step)
  const digest = await digestOf(approvalId)
  return ask(bram, { typed: step.typed, ...(step.now && { now: step.now }), ...(digest && { digest }) })
}
const one = () => both({ stage: 'agent', agent: slugOf(first), typed: slugOf(first) })
const slugs = new Map<string, string>()
const slugOf = ({ agentId }: Governed) => slugs.get(agentId) ?? ''
beforeEach(async () => {
  const { rows } = await pools.superuser.query<{ id: string; slug: string }>('SELECT id::text AS id, slug FROM agent')
  for (const { id, slug } of rows) slugs.set(id, slug)
})
let n = 0
const again = (agent: Governed) => propose(agent, { ...READ, arguments: { id: `try ${n++}` } })
const entries = async () => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows.flatMap(({ envelope }) => parseEntry(envelope) ?? []).filter(({ about }) => about?.halt === halt)
}
const progress = async () => (await readHaltInForce(db(), halt, answererOf(bram), new Date()))?.progress
const halted = { decision: 'forbid', reason: { code: 'halted' } }

describe('a lift by stages', () => {
  it('lets go one agent, then its team, then all; and at each stage nobody else', async () => {
    expect(await again(first)).toMatchObject(halted)
    expect(await one()).toMatchObject({ status: 'staged' })
    expect(await again(first)).toMatchObject({ decision: 'allow' })
    expect(await again(mate)).toMatchObject(halted)
    expect(await haltsFor(pools.app, first.agentId)).toEqual([])
    expect(await haltsFor(pools.app, mate.agentId)).toHaveLength(1)
    expect(await progress()).toMatchObject({
      steps: ['team', 'stop'],
      waits: null,
      stages: [{ name: slugOf(first), shown: { agents: 1, back: 1, allowed: 1, refused: 0, alerts: 0 } }],
    })

    expect(await both({ stage: 'team', team, typed: team })).toMatchObject({ status: 'staged' })
    expect(await again(mate)).toMatchObject({ decision: 'allow' })
    expect(await again(other)).toMatchObject(halted)

    expect(await both({ stage: 'all', typed: 'organisation' })).toMatchObject({ status: 'lifted' })
    expect(await again(other)).toMatchObject({ decision: 'allow' })
    const told = await entries()
    expect(
      told.find(({ kind, labels }) => kind === 'halt.stage_lifted' && labels?.includes('stage_team'))?.labels,
    ).toEqual(['organisation', 'stage_team', ...[first, mate].map(({ agentId }) => labelOfAgent(agentId)).toSorted()])
    expect(told.map(({ kind, labels }) => [kind, labels?.[1] ?? labels?.[0]])).toEqual([
      ['halt.engaged', 'organisation'],
      ...['stage_agent', 'stage_team', 'stage_all'].flatMap((stage) => [
        ['halt.lift_voted', stage],
        [stage === 'stage_all' ? 'halt.lifted' : 'halt.stage_lifted', stage],
      ]),
    ])
  })

  it('goes on only once a stage has shown something, and no alert of its agents is open', async () => {
    await one()
    await expect(both({ stage: 'team', team, typed: team })).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await progress()).toMatchObject({ waits: 'nothing_shown' })
    await again(first)
    await pools.superuser.query(
      `INSERT INTO alert (id, key, kind, severity, agent_id, first_at, last_at, last_index) VALUES ($1, $2, 'call_spike', 'warning', $3, now(), now(), 1)`,
      [newId(), newId(), first.agentId],
    )
    expect(await progress()).toMatchObject({ waits: 'alerts_open' })
    await expect(both({ stage: 'team', team, typed: team })).rejects.toMatchObject({ code: 'wrong_state' })
    await pools.superuser.query('UPDATE alert SET acknowledged_at = now(), acknowledged_by = $2 WHERE agent_id = $1', [
      first.agentId,
      dana.id,
    ])
    expect(await both({ stage: 'team', team, typed: team })).toMatchObject({ status: 'staged' })
  })

  it('goes on after a quarter of an hour in which its agents were silent', async () => {
    await one()
    await pools.superuser.query(
      `UPDATE halt_stage SET begun_at = begun_at - $2::float8 * interval '1 ms' WHERE halt_id = $1`,
      [halt, SILENT_STAGE_MS],
    )
    expect(await both({ stage: 'team', team, typed: team })).toMatchObject({ status: 'staged' })
  })

  it('skips no stage once begun, and takes a stage twice for nothing', async () => {
    await one()
    await again(first)
    await expect(both({ stage: 'all', typed: 'organisation' })).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(one()).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await again(other)).toMatchObject(halted)
  })

  it('a team is who is in it when it is let go: whoever moves in later stays halted', async () => {
    await one()
    await again(first)
    await both({ stage: 'team', team, typed: team })
    await pools.superuser.query('UPDATE agent SET team_id = (SELECT team_id FROM agent WHERE id = $1) WHERE id = $2', [
      first.agentId,
      other.agentId,
    ])
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    expect(await again(other)).toMatchObject(halted)
  })

  it('an approval frozen by the halt thaws with its agent’s stage, and asks for the verdict it waited for', async () => {
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [halt])
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    const [mine, theirs] = [await held(first), await held(other)]
    halt = (await engage({ scope: 'organisation', reason: '', by: dana.id, now: new Date() })).id
    await one()
    await expect(verdict(theirs.approvalId, theirs.answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'frozen',
    })
    await expect(verdict(mine.approvalId, mine.answer.digest, dana, 'approve')).resolves.toBeDefined()
  })
})

describe('stopping a lift half way', () => {
  it('is one person’s act, halts again what was let go, and kills what it was granted', async () => {
    await one()
    const grant = (await again(first)).grant?.token ?? ''
    await stopLift({ haltId: halt, actor: bram, reason: 'odd again', now: new Date() })
    expect(await again(first)).toMatchObject(halted)
    expect(await isHalted(db(), { agentId: first.agentId, teamId: '', environment: 'production' })).toBe(true)
    expect((await entries()).at(-1)).toMatchObject({ kind: 'halt.lift_stopped', actor: `person:${bram.id}` })
    expect(await progress()).toMatchObject({ steps: ['agent', 'all'], stages: [{ endedHow: 'stopped' }] })
    await both({ stage: 'all', typed: 'organisation' })
    expect(await introspect(pools.app, said(first, grant, READ))).toMatchObject({ active: false })
  })

  it('ends the request for the next stage, so that a second person cannot agree with it', async () => {
    await one()
    await again(first)
    const { approvalId } = await ask(dana, { stage: 'team', team, typed: team })
    await stopLift({ haltId: halt, actor: bram, reason: '', now: new Date() })
    const digest = await digestOf(approvalId)
    await expect(ask(bram, { typed: team, ...(digest && { digest }) })).rejects.toMatchObject({ code: 'expired' })
    expect(await again(mate)).toMatchObject(halted)
  })

  it('where nothing was let go is refused, and recorded', async () => {
    await expect(stopLift({ haltId: halt, actor: bram, reason: '', now: new Date() })).rejects.toMatchObject({
      code: 'wrong_state',
    })
    expect((await entries()).at(-1)).toMatchObject({
      kind: 'halt.lift_refused',
      labels: ['organisation', 'wrong_state'],
    })
  })
})

describe('a lift that is refused', () => {
  it.each([
    ['another scope typed', { typed: 'production' }, 'invalid_request'],
    ['nothing typed', { typed: '' }, 'invalid_request'],
    ['an agent nobody knows', { stage: 'agent', agent: 'nobody', typed: 'nobody' }, 'not_found'],
    ['a team before an agent', { stage: 'team', team: 'x', typed: 'x' }, 'wrong_state'],
  ] as const)('%s: is recorded, and nothing is let go', async (_, step, code) => {
    await expect(ask(dana, step)).rejects.toMatchObject({ code })
    expect((await entries()).at(-1)).toMatchObject({ kind: 'halt.lift_refused', actor: `person:${dana.id}` })
    expect((await entries()).at(-1)?.labels).toContain(code)
    expect(await again(first)).toMatchObject(halted)
  })

  it('whoever agrees types the name, too', async () => {
    const { approvalId } = await ask(dana, { typed: 'organisation' })
    const digest = await digestOf(approvalId)
    await expect(ask(bram, { typed: 'organization', ...(digest && { digest }) })).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'typed',
    })
    expect(await again(first)).toMatchObject(halted)
    expect(await ask(bram, { typed: 'organisation', ...(digest && { digest }) })).toMatchObject({ status: 'lifted' })
  })

  it('one person who agrees with themselves, and a halt that was lifted, are recorded', async () => {
    const { approvalId } = await ask(dana, { typed: 'organisation' })
    const digest = await digestOf(approvalId)
    await expect(ask(dana, { typed: 'organisation', ...(digest && { digest }) })).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    expect((await entries()).at(-1)?.labels).toEqual(['organisation', 'separation_of_duties'])
    await ask(bram, { typed: 'organisation', ...(digest && { digest }) })
    await expect(ask(bram, { typed: 'organisation' })).rejects.toMatchObject({ code: 'wrong_state' })
    expect((await entries()).at(-1)?.labels).toEqual(['organisation', 'wrong_state'])
  })

  it('fills the log no further than thirty times an hour and person', async () => {
    await clearOfTheTurn('hour')
    const eva = await testPerson(['analyst'])
    for (let i = 0; i < 33; i++) await ask(eva, { typed: 'no' }).catch(() => undefined)
    expect((await entries()).filter(({ actor }) => actor === `person:${eva.id}`)).toHaveLength(30)
  })
})

describe('the gate itself', () => {
  const entry = async () => ({
    ...(await prepareEntry(pools.app, { kind: 'halt.lifted', actor: `person:${dana.id}`, about: { halt } })),
    projection: null,
  })
  /** An approved request of two people, as a server gone wrong could write it. */
  const agreed = async (stage: string | null, target: string | null) => {
    const id = newId()
    const digest = randomBytes(32)
    await pools.app.query(
      `INSERT INTO approval (id, kind, subject_id, digest, seats, rule, expires_at) VALUES ($1, 'halt_lift', $2, $3, 2, $4, now() + interval '1 hour')`,
      [id, halt, digest, seatRule('halt_lift')],
    )
    if (stage !== null)
      await pools.app.query(
        `INSERT INTO halt_lift_request (approval_id, halt_id, stage, target, name) VALUES ($1, $2, $3, $4, 'x')`,
        [id, halt, stage, target],
      )
    for (const person of [dana, bram])
      await pools.app.query(
        `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES ($1, $2, $3, 'approve', '', $4)`,
        [newId(), id, person.id, digest],
      )
    await pools.app.query(`UPDATE approval SET status = 'approved', closed_at = now() WHERE id = $1`, [id])
    return id
  }

  it('does not lift all on what two people agreed for one agent, nor one agent on nothing', async () => {
    const approval = await agreed('agent', first.agentId)
    const by = dana.id
    expect(await applyChange('halt.lift', { id: halt, reason: '', by, approval }, await entry())).toMatchObject({
      refused: 'separation_of_duties',
    })
    expect(await applyChange('halt.lift', { id: halt, reason: '', by }, await entry())).toMatchObject({
      refused: 'separation_of_duties',
    })
    expect(
      await applyChange('halt.stage', { id: halt, by, approval: newId(), agents: [] }, await entry()),
    ).toMatchObject({
      refused: 'separation_of_duties',
    })
    expect(
      await applyChange('halt.stage', { id: halt, by, approval, agents: [other.agentId] }, await entry()),
    ).toMatchObject({
      refused: 'conflict',
    })
    expect(
      await applyChange('halt.stage', { id: halt, by, approval, agents: [first.agentId] }, await entry()),
    ).toMatchObject({ applied: true })
  })

  it('skips no stage, and no stage that has shown nothing', async () => {
    const by = dana.id
    const { rows } = await pools.superuser.query<{ id: string }>(
      'SELECT team_id::text AS id FROM agent WHERE id = $1',
      [first.agentId],
    )
    const agents = [first.agentId, mate.agentId].toSorted()
    const stage = async (approval: string) =>
      applyChange('halt.stage', { id: halt, by, approval, agents }, await entry())
    expect(await stage(await agreed('team', rows[0]?.id ?? ''))).toMatchObject({ refused: 'wrong_state' })
    await pools.superuser.query(`UPDATE approval SET status = 'superseded' WHERE subject_id = $1`, [halt])
    await one()
    const [team, all] = [await agreed('team', rows[0]?.id ?? ''), await agreed('all', null)]
    expect(await stage(team)).toMatchObject({ refused: 'wrong_state' })
    await again(first)
    expect(await applyChange('halt.lift', { id: halt, reason: '', by, approval: all }, await entry())).toMatchObject({
      refused: 'wrong_state',
    })
    expect(await stage(team)).toMatchObject({ applied: true })
  })

  it('refuses what was agreed on too early once; then it is asked for anew', async () => {
    const approval = await agreed('team', newId())
    await expect(one()).rejects.toMatchObject({ code: 'digest_mismatch' })
    const digest = await digestOf(approval)
    await expect(ask(bram, { typed: 'x', ...(digest && { digest }) })).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await one()).toMatchObject({ status: 'staged' })
  })

  it('lets nobody say afterwards what was agreed to, nor write a stage', async () => {
    const approval = await agreed(null, null)
    const late = `INSERT INTO halt_lift_request (approval_id, halt_id, stage, target, name) VALUES ($1, $2, 'agent', $3, 'x')`
    await expect(pools.app.query(late, [approval, halt, first.agentId])).rejects.toMatchObject({ code: '23514' })
    await expect(pools.app.query(`UPDATE halt_lift_request SET stage = 'all', target = NULL`)).rejects.toMatchObject({
      code: '42501',
    })
    await expect(pools.app.query(`UPDATE halt SET released = '{}'`)).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query(`DELETE FROM halt_stage`)).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query(`UPDATE halt_stage SET begun_at = now() - interval '1 day'`)).rejects.toMatchObject({
      code: '42501',
    })
  })

  it('keeps a halt from the database for a quarter of an hour, and until it is recorded, whoever agreed', async () => {
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
    await pools.owner.query(`SELECT halt_everything('nobody answers')`)
    halt =
      (await pools.superuser.query<{ id: string }>('SELECT id FROM halt WHERE lifted_at IS NULL')).rows[0]?.id ?? ''
    const change = { id: halt, reason: '', by: dana.id, approval: await agreed('all', null) }
    await pools.superuser.query(`UPDATE halt SET engaged_at = engaged_at - $1::float8 * interval '1 ms'`, [GLASS_MS])
    expect(await applyChange('halt.lift', change, await entry())).toMatchObject({ refused: 'wrong_state' })
    await recordBrokenGlass(new Date())
    await pools.superuser.query(`UPDATE halt SET engaged_at = now() - $1::float8 * interval '1 ms' WHERE id = $2`, [
      GLASS_MS - 30_000,
      halt,
    ])
    expect(await applyChange('halt.lift', change, await entry())).toMatchObject({ refused: 'wrong_state' })
    const digest = await digestOf(change.approval)
    const complete = { typed: 'x', ...(digest && { digest }) }
    await expect(ask(dana, complete)).rejects.toMatchObject({ code: 'wrong_state' })
    await pools.superuser.query(`UPDATE halt SET engaged_at = now() - $1::float8 * interval '1 ms' WHERE id = $2`, [
      GLASS_MS,
      halt,
    ])
    const again = { ...change, approval: await agreed('all', null) }
    expect(await applyChange('halt.lift', again, await entry())).toMatchObject({ applied: true })
  })
})
