import { afterAll, describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { answererOf } from '@/lib/approvals/read'
import { newId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { endDrills } from './end-drills'
import { engage } from './engage'
import { lift, type LiftRequest } from './lift'
import { planLiveDrill } from './plan-live-drill'
import { haltsFor } from './read'
import { readHaltInForce } from './read-in-force'
import { signLiveDrill } from './sign-live-drill'
import { findDrill } from './store-drill'
import { typedName } from './testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const [dana, bram, eva, yuki] = [
  await testPerson(['analyst'], 'Dana Whitlock'),
  await testPerson(['ciso'], 'Bram Oduya'),
  await testPerson(['analyst'], 'Eva Lindqvist'),
  await testPerson(['administrator'], 'Yuki Stenberg'),
]
await pools.superuser.query(
  `INSERT INTO organisation (id, name, time_zone, created_at) VALUES (1, 'Quillhaven', 'Europe/Amsterdam', '2026-10-10') ON CONFLICT (id) DO UPDATE SET created_at = '2026-10-10'`,
)
afterAll(() => endDrills(new Date(Date.now() + 3_600_001)))

const digestOf = async (approvalId: string) =>
  (await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [approvalId])).rows[0]
    ?.digest ?? expect.fail('no such approval')
const ask = async (haltId: string, actor: Actor, more: Partial<LiftRequest> = {}) =>
  lift({ haltId, actor, reason: 'looked at it', now: new Date(), typed: await typedName(haltId), ...more })
const entries = async (haltId: string) => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows.flatMap(({ envelope }) => parseEntry(envelope) ?? []).filter(({ about }) => about?.halt === haltId)
}
const statusOf = async (approvalId: string) =>
  (await pools.app.query<{ status: string }>('SELECT status FROM approval WHERE id = $1', [approvalId])).rows[0]?.status

/** Two people agreed, and the server was cut off before the gate heard of it. */
async function agreed() {
  const agent = await sampleAgent(pools.superuser)
  const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: '', by: dana.id, now: new Date() })
  const { approvalId } = await ask(id, dana)
  const digest = await digestOf(approvalId)
  await pools.app.query(
    `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES ($1, $2, $3, 'approve', 'yes', $4)`,
    [newId(), approvalId, bram.id, digest],
  )
  await pools.app.query(`UPDATE approval SET status = 'approved', closed_at = now() WHERE id = $1`, [approvalId])
  return { agent, id, approvalId, digest }
}

describe('a lift two people agreed to, cut off before it was done', () => {
  it.each([
    ['without the digest of what was agreed', {}, { code: 'digest_mismatch' }],
    ['with another digest', { digest: Buffer.alloc(32) }, { code: 'digest_mismatch' }],
    ['without the name', { typed: '' }, { field: 'typed' }],
    ['with another name', { typed: 'another' }, { field: 'typed' }],
  ])('is completed by nobody who answers %s', async (what, more, refusal) => {
    const { agent, id, approvalId, digest } = await agreed()
    const answer = what.includes('digest') ? more : { digest, ...more }
    await expect(ask(id, eva, answer)).rejects.toMatchObject(refusal)
    expect(await haltsFor(db(), agent.agentId)).toHaveLength(1)
    expect(await statusOf(approvalId)).toBe('approved')
    expect((await entries(id)).at(-1)?.kind).toBe('halt.lift_refused')
  })

  it('is completed by nobody who could not have been one of the two', async () => {
    const { agent, id, digest } = await agreed()
    await expect(ask(id, yuki, { digest })).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(ask(id, { ...eva, deactivated: true }, { digest })).rejects.toMatchObject({ code: 'not_permitted' })
    expect(await haltsFor(db(), agent.agentId)).toHaveLength(1)
  })

  it('is ended by whoever says no: their reason is recorded, and it takes two people anew', async () => {
    const { agent, id, approvalId, digest } = await agreed()
    const no = await ask(id, eva, { digest, answer: 'reject', reason: 'not yet', typed: '' })
    expect(no).toMatchObject({ status: 'refused', approvals: 2 })
    expect(await haltsFor(db(), agent.agentId)).toHaveLength(1)
    expect(await statusOf(approvalId)).toBe('superseded')
    expect((await entries(id)).at(-1)).toMatchObject({
      kind: 'halt.lift_voted',
      actor: `person:${eva.id}`,
      about: { halt: id, approval: approvalId },
    })
    await expect(ask(id, dana, { digest })).rejects.toMatchObject({ code: 'expired' })
    expect(await ask(id, dana)).toMatchObject({ status: 'asked', approvals: 1 })
  })

  it('is shown with its digest to whoever opens it, who completes it by that and the name', async () => {
    const { agent, id, digest } = await agreed()
    const shown = await readHaltInForce(db(), id, answererOf(eva), new Date())
    expect(shown).toMatchObject({
      lift: { status: 'approved', digest: `sha256:${digest.toString('hex')}`, mine: { approve: { ok: true } } },
      progress: { asked: { stage: 'all', name: agent.slug } },
    })
    expect(await ask(id, eva, { digest })).toMatchObject({ status: 'lifted' })
    expect(await haltsFor(db(), agent.agentId)).toEqual([])
    expect((await entries(id)).at(-1)).toMatchObject({
      kind: 'halt.lifted',
      verdicts: [{ person: dana.id }, { person: bram.id }],
    })
  })
})

describe('the halt of a live drill that goes on', () => {
  it('is lifted by no answer to what the two who signed it agreed to: it is measured first', async () => {
    const agent = await sampleAgent(pools.superuser)
    const drillId = await transaction((tx) =>
      planLiveDrill(tx, {
        ...{ scope: 'agent', named: { agent: agent.slug }, note: 'Monthly', windowMs: 15_000 },
        ...{ actor: dana, now: new Date() },
      }),
    )
    const drill = (await findDrill(db(), drillId)) ?? expect.fail('no drill')
    const [haltId, approvalId] = [drill.halt_id ?? '', drill.approval_id ?? '']
    const digest = await digestOf(approvalId)
    const signed = { drillId, actor: bram, answer: 'approve', reason: 'Agreed', digest, now: new Date() } as const
    expect(await signLiveDrill(signed)).toBe('begun')
    for (const answer of ['approve', 'reject'] as const)
      for (const more of [{ digest }, {}])
        await expect(ask(haltId, eva, { ...more, answer })).rejects.toMatchObject({
          code: 'wrong_state',
          message: expect.stringContaining('drill') as string,
        })
    expect(await haltsFor(db(), agent.agentId)).toHaveLength(1)
    const shown = await readHaltInForce(db(), haltId, answererOf(eva), new Date())
    expect(shown?.lift).toBeNull()
    // and what they signed goes on to hold: it ends as every drill does
    expect(await endDrills(new Date(Date.now() + 60_000))).toBe(1)
    expect(await haltsFor(db(), agent.agentId)).toEqual([])
  })
})
