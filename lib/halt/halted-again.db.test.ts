import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
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
import { engage } from './engage'
import { lift, type LiftRequest } from './lift'
import { recordBrokenGlass } from './record-broken-glass'
import { stopLift } from './stop-lift'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { propose } = lifecycle(database)
const [dana, bram] = [await testPerson(['analyst'], 'Dana'), await testPerson(['ciso'], 'Bram')]

let first: Governed
let [slug, team, halt] = ['', '', '']
beforeEach(async () => {
  first = await governed(pools.superuser, sampleBoundary())
  const { rows } = await pools.superuser.query<{ slug: string; name: string }>(
    'SELECT a.slug, t.name FROM team t JOIN agent a ON a.team_id = t.id WHERE a.id = $1',
    [first.agentId],
  )
  slug = rows[0]?.slug ?? ''
  team = rows[0]?.name ?? ''
  halt = (await engage({ scope: 'organisation', reason: '', by: dana.id, now: new Date() })).id
})
afterEach(async () => {
  await pools.superuser.query(`UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL`)
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
})

type Step = Pick<LiftRequest, 'typed'> & Partial<Pick<LiftRequest, 'stage' | 'agent' | 'team' | 'digest'>>
const ask = (actor: Actor, step: Step) =>
  lift({ haltId: halt, actor, reason: 'its source was cleaned', now: new Date(), ...step })
const digestOf = async (approvalId: string) =>
  (await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [approvalId])).rows[0]
    ?.digest
const both = async (step: Step) => {
  const { approvalId } = await ask(dana, step)
  const digest = await digestOf(approvalId)
  return ask(bram, { typed: step.typed, ...(digest && { digest }) })
}
const one = () => both({ stage: 'agent', agent: slug, typed: slug })
/** As the second verdict leaves a request before the gate is told of it. */
const agreed = async (approvalId: string, closedAt = new Date()) => {
  await pools.app.query(
    `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES ($1, $2, $3, 'approve', '', $4)`,
    [newId(), approvalId, bram.id, await digestOf(approvalId)],
  )
  await pools.app.query(`UPDATE approval SET status = 'approved', closed_at = $2 WHERE id = $1`, [approvalId, closedAt])
}
let n = 0
const again = (agent: Governed) => propose(agent, { ...READ, arguments: { id: `try ${n++}` } })
const entries = async () => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows.flatMap(({ envelope }) => parseEntry(envelope) ?? []).filter(({ about }) => about?.halt === halt)
}
const halted = { decision: 'forbid', reason: { code: 'halted' } }

describe('stopping a lift half way', () => {
  it('is what engaging the halt again does: nobody goes on running whom its lift had let go, and it is recorded', async () => {
    await one()
    const grant = (await again(first)).grant?.token ?? ''
    const { approvalId } = await ask(dana, { stage: 'team', team, typed: team })
    const engaged = await engage({ scope: 'organisation', reason: 'odd again', by: bram.id, now: new Date() })
    expect(engaged).toEqual({ id: halt, already: false, again: true })
    expect(await again(first)).toMatchObject(halted)
    expect((await entries()).at(-1)).toMatchObject({
      kind: 'halt.lift_stopped',
      actor: `person:${bram.id}`,
      labels: ['organisation', 'stage_agent', 'engaged_again'],
    })
    const digest = await digestOf(approvalId)
    await expect(ask(bram, { typed: team, ...(digest && { digest }) })).rejects.toMatchObject({ code: 'expired' })
    expect(await engage({ scope: 'organisation', reason: '', by: bram.id, now: new Date() })).toEqual({
      id: halt,
      already: true,
    })
    await both({ stage: 'all', typed: 'organisation' })
    expect(await introspect(pools.app, said(first, grant, READ))).toMatchObject({ active: false })
  })

  it('is what breaking the glass does, too: at once, and recorded before anything of it is let go again', async () => {
    await one()
    expect(await again(first)).toMatchObject({ decision: 'allow' })
    const { rows } = await pools.owner.query<{ told: string }>(`SELECT halt_everything('odd again') AS told`)
    expect(rows[0]?.told).toContain('halted again')
    expect(await again(first)).toMatchObject(halted)
    await expect(one()).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await recordBrokenGlass(new Date())).toBe(1)
    expect((await entries()).at(-1)).toMatchObject({ kind: 'halt.lift_stopped', actor: 'system' })
    expect(await one()).toMatchObject({ status: 'staged' })
  })

  it('voids what two people had agreed to, so that a lift under way at that moment lets nothing go', async () => {
    await one()
    await again(first)
    const { approvalId } = await ask(dana, { stage: 'team', team, typed: team })
    // the second verdict commits; the gate is told of it only after somebody stopped the lift
    await agreed(approvalId)
    await stopLift({ haltId: halt, actor: bram, reason: '', now: new Date() })
    const status = async () =>
      (await pools.app.query<{ status: string }>('SELECT status FROM approval WHERE id = $1', [approvalId])).rows[0]
    expect(await status()).toEqual({ status: 'superseded' })
    // as a vote would leave it that was not committed yet
    await pools.superuser.query(`UPDATE approval SET status = 'approved' WHERE id = $1`, [approvalId])
    const { rows } = await pools.owner.query<{ refusal: string | null }>(
      `SELECT halt_lift_refusal($1, 'team', $2) AS refusal`,
      [halt, approvalId],
    )
    expect(rows[0]).toEqual({ refusal: 'separation_of_duties' })
  })

  it('voids a lift of all that two people had agreed to before it began by stages', async () => {
    const { approvalId } = await ask(dana, { typed: 'organisation' })
    await agreed(approvalId, new Date(Date.now() - 7_200_000))
    await one()
    await stopLift({ haltId: halt, actor: bram, reason: '', now: new Date() })
    const entry = await prepareEntry(pools.app, { kind: 'halt.lifted', actor: `person:${dana.id}`, about: { halt } })
    const change = { id: halt, reason: '', by: dana.id, approval: approvalId }
    expect(await applyChange('halt.lift', change, { ...entry, projection: null })).toMatchObject({
      refused: 'separation_of_duties',
    })
  })
})
