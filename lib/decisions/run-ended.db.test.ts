import { describe, expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { applyChange } from '@/lib/db/gate'
import { newId, publicId } from '@/lib/core/ids'
import { samplePerson } from '@/lib/agents/testing'
import { engage } from '@/lib/halt/engage'
import { haltsFor } from '@/lib/halt/read'
import { readHaltInForce } from '@/lib/halt/read-in-force'
import { answererOf } from '@/lib/approvals/read'
import { prepareEntry } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { leaseRun } from '@/lib/runs/lease'
import { openRun } from '@/lib/runs/open'
import { RUN_GRACE_MS } from '@/lib/runs/run'
import { claimGrant } from './claim'
import { governed, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { HOLD, lifecycle, READ, said } from './lifecycle-testing'
import { actionsOfEndedRuns, withdrawEnded, withdrawOfRun } from './withdraw-ended'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, kinds, propose, state, verdict } = lifecycle(database)
const dana = await testPerson(['analyst'])

const open = (agent: Governed, more = {}) =>
  transaction((db) => openRun(db, agent.agentId, { lease_seconds: 60, ...more }, new Date()))
const inRun = (id: string, proposal = HOLD) => ({ ...proposal, run: { id: publicId('run', id) } })
const lapse = (id: string, ms: number) =>
  pools.superuser.query(`UPDATE run SET lease_until = now() - $2::int * interval '1 millisecond' WHERE id = $1`, [
    id,
    ms,
  ])

describe('what a run asks', () => {
  it('is withdrawn when its agent ends the run, by the system, which says why; another run’s waits on', async () => {
    const agent = await governed(pools.superuser)
    const [ending, staying] = [await open(agent), await open(agent)]
    const [gone, waits] = [await held(agent, inRun(ending.id)), await held(agent, inRun(staying.id))]
    await transaction((db) => leaseRun(db, agent.agentId, ending.id, { seconds: 0 }, new Date()))
    // before anything was written of it, nobody approves
    expect(await state(agent, gone.actionId)).toBe('withdrawn')
    await expect(verdict(gone.approvalId, gone.answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'wrong_state',
      message: expect.stringContaining('ended its run') as string,
    })
    await withdrawOfRun(pools.app, ending.id, new Date())
    const { rows } = await pools.superuser.query<{ status: string; actor: string; labels: string[] }>(
      `SELECT a.status, convert_from(e.envelope, 'UTF8')::jsonb ->> 'actor' AS actor, convert_from(e.envelope, 'UTF8')::jsonb -> 'labels' AS labels
         FROM action a JOIN ledger.entry e ON e.action_id = a.id AND e.kind = 'action.withdrawn' WHERE a.id = $1`,
      [gone.actionId],
    )
    expect(rows).toEqual([{ status: 'withdrawn', actor: 'system', labels: ['run_ended'] }])
    expect(await state(agent, waits.actionId)).toBe('held')
  })

  it('survives a lapsed lease for the grace, in which its agent comes back; and no longer', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const { actionId, answer, approvalId } = await held(agent, inRun(run.id))
    await lapse(run.id, RUN_GRACE_MS - 60_000)
    expect(await actionsOfEndedRuns(pools.app, new Date())).not.toContain(actionId)
    // nothing new begins in it meanwhile
    await expect(propose(agent, inRun(run.id, READ))).rejects.toMatchObject({ code: 'lease_lapsed' })
    const back = await transaction((db) => leaseRun(db, agent.agentId, run.id, { seconds: 60 }, new Date()))
    expect(back.open).toBe(true)
    expect((await propose(agent, inRun(run.id, READ))).decision).toBe('allow')
    await lapse(run.id, RUN_GRACE_MS + 1_000)
    await expect(
      transaction((db) => leaseRun(db, agent.agentId, run.id, { seconds: 60 }, new Date())),
    ).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(verdict(approvalId, answer.digest, dana, 'approve')).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await actionsOfEndedRuns(pools.app, new Date())).toContain(actionId)
    expect(await transaction((db) => withdrawEnded(db, actionId, new Date()))).toBe(true)
    expect(await transaction((db) => withdrawEnded(db, actionId, new Date()))).toBe(false)
    expect(await kinds(actionId)).toEqual(['action.decided', 'action.withdrawn'])
  })

  it('that is its own run waits, whatever becomes of the agent’s runs', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const { actionId } = await held(agent)
    await transaction((db) => leaseRun(db, agent.agentId, run.id, { seconds: 0 }, new Date()))
    expect(await actionsOfEndedRuns(pools.app, new Date(Date.now() + 7 * 86_400_000))).not.toContain(actionId)
    expect(await state(agent, actionId)).toBe('held')
  })

  it('a run that comes back is one more that is open, within the limits', async () => {
    const agent = await governed(pools.superuser, { limits: { concurrent_runs: 1 } })
    const first = await open(agent)
    await lapse(first.id, 1_000)
    await open(agent)
    const renew = (seconds: number) =>
      transaction((db) => leaseRun(db, agent.agentId, first.id, { seconds }, new Date()))
    await expect(renew(60)).rejects.toMatchObject({ code: 'too_many_runs' })
    expect((await renew(0)).open).toBe(false)
  })

  it('an end against a verdict: it is approved or withdrawn, once, and what was approved begins no more', async () => {
    for (let race = 0; race < 12; race++) {
      const agent = await governed(pools.superuser)
      const run = await open(agent)
      const { actionId, answer, approvalId } = await held(agent, inRun(run.id))
      const ending = transaction((db) => leaseRun(db, agent.agentId, run.id, { seconds: 0 }, new Date()))
      const voted = await verdict(approvalId, answer.digest, dana, 'approve').then(
        () => true,
        () => false,
      )
      await ending
      await withdrawOfRun(pools.app, run.id, new Date())
      expect(await state(agent, actionId)).toBe(voted ? 'expired' : 'withdrawn')
      context.decider.forgetRun(run.id)
      await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
    }
  })
})

describe('a halt of one run', () => {
  const stop = (runId: string) =>
    engage({
      scope: 'run',
      run: publicId('run', runId),
      reason: 'it reads what it must not',
      by: dana.id,
      now: new Date(),
    })

  it('stops that run and its grants, and no other run of the agent', async () => {
    const agent = await governed(pools.superuser)
    const [bad, good] = [await open(agent), await open(agent)]
    const [inBad, inGood] = [await propose(agent, inRun(bad.id, READ)), await propose(agent, inRun(good.id, READ))]
    const waits = await held(agent, inRun(bad.id))
    const halt = await stop(bad.id)
    expect((await propose(agent, inRun(bad.id, READ))).reason.code).toBe('halted')
    expect((await propose(agent, inRun(good.id, READ))).decision).toBe('allow')
    const ask = (answer: typeof inBad) => introspect(pools.app, said(agent, answer.grant?.token ?? '', READ))
    expect(await ask(inBad)).toEqual({ active: false, reason: 'halted' })
    expect(await ask(inGood)).toMatchObject({ active: true })
    await expect(verdict(waits.approvalId, waits.answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'frozen',
    })
    expect(await haltsFor(db(), agent.agentId)).toMatchObject([{ scope: 'run', run: publicId('run', bad.id) }])
    const seen = await readHaltInForce(db(), halt.id, answererOf(dana), new Date())
    expect(seen).toMatchObject({ agent: agent.slug, agents: [{ slug: agent.slug }] })
  })

  it('once lifted revives nothing that was given before', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const before = await propose(agent, inRun(run.id, READ))
    const approved = await held(agent, inRun(run.id))
    await verdict(approved.approvalId, approved.answer.digest, dana, 'approve')
    const { id } = await stop(run.id)
    await lifted(id)
    expect(await introspect(pools.app, said(agent, before.grant?.token ?? '', READ))).toEqual({
      active: false,
      reason: 'revoked',
    })
    expect((await claimGrant(context, agent.caller, approved.actionId)).status).toBe('superseded')
    expect((await propose(agent, inRun(run.id, READ))).decision).toBe('allow')
  })

  it('no allow of the run commits after it has returned', async () => {
    for (let race = 0; race < 30; race++) {
      const agent = await governed(pools.superuser)
      const run = await open(agent)
      const racing = Array.from({ length: 8 }, () => propose(agent, inRun(run.id, READ)).catch(() => null))
      const { id } = await stop(run.id)
      const seen = await pools.superuser.query<{ count: string }>(
        `SELECT count(*)::text AS count FROM action WHERE run_id = $1 AND decision = 'allow'`,
        [run.id],
      )
      await Promise.all(racing)
      const later = await pools.superuser.query<{ count: string; newer: string }>(
        `SELECT count(*)::text AS count, count(*) FILTER (WHERE a.epoch >= h.epoch)::text AS newer
           FROM action a, halt h WHERE a.run_id = $1 AND a.decision = 'allow' AND h.id = $2`,
        [run.id, id],
      )
      const expected = seen.rows[0]?.count ?? '0'
      expect(later.rows[0] ?? { count: '0', newer: '0' }).toEqual({ count: expected, newer: '0' })
    }
  })

  it('of a run nobody has is refused, and names the field', async () => {
    await expect(stop(newId())).rejects.toMatchObject({ code: 'not_found', field: 'run' })
  })
})

/** Two people agreed, written as the superuser; the gate then lifts it as it would for the console. */
async function lifted(haltId: string): Promise<void> {
  const approval = newId()
  const digest = Buffer.alloc(32, 1)
  await pools.superuser.query(
    `INSERT INTO approval (id, kind, subject_id, digest, status, seats, rule, expires_at, closed_at) VALUES ($1, 'halt_lift', $2, $3, 'approved', 2, '{}', now(), now())`,
    [approval, haltId, digest],
  )
  for (const person of [dana.id, await samplePerson(pools.superuser, ['analyst'])])
    await pools.superuser.query(
      `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES ($1, $2, $3, 'approve', '', $4)`,
      [newId(), approval, person, digest],
    )
  const entry = await prepareEntry(pools.app, {
    kind: 'halt.lifted',
    actor: `person:${dana.id}`,
    about: { halt: haltId },
  })
  const change = { id: haltId, reason: 'over', by: dana.id }
  expect(await applyChange('halt.lift', change, { ...entry, projection: null })).toMatchObject({ applied: true })
}
