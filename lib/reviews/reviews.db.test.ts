import { describe, expect, it } from 'vitest'
import { alertsConsumer } from '@/lib/alerts/follow'
import { isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import type { Proposal } from '@/lib/decisions/contract'
import { governed, type Governed, sampleTool } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { consume } from '@/lib/ledger/tail'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { entriesOf, testOrganisation, testPerson } from '@/lib/people/testing'
import { closeReview } from './close'
import { reviewsConsumer } from './follow'
import { governReviewDays } from './govern-days'
import { missOverdue } from './miss'
import { listReviews, nextReview, readOwing, readReview } from './read'

const database = await testDatabase()
const ledger = await testLedger(database)
const { db, pools } = database
await testOrganisation()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const bram = await testPerson(['analyst'], 'Bram Castellane')
const ilse = await testPerson(['ciso'], 'Ilse Tamm')
await sampleTool(pools.superuser, 'repo.commit_file', 'write', true)
const { propose } = lifecycle(database)

const coder = () => governed(pools.superuser, { mcp_scopes: { crm: ['read', 'write'], repo: ['read', 'write'] } })
const CHANGE: Proposal = { tool: 'repo.commit_file', arguments: { path: 'src/pay.ts', diff: '-if (ok)\n+if (true)' } }
const DAY_MS = 86_400_000
const nothingWithheld = () => Promise.resolve(new Set<string>())

async function tail(): Promise<void> {
  await sequenceOnce(pools.sequencer, ledger, null)
  for (const consumer of [reviewsConsumer, alertsConsumer]) while ((await consume(consumer)) > 0) continue
}
async function change(agent: Governed, more: Partial<Proposal> = {}): Promise<string> {
  const answer = await propose(agent, { ...CHANGE, ...more })
  expect(answer).toMatchObject({ decision: 'allow', obligations: ['code_review'] })
  await tail()
  return answer.id
}
const uuid = (id: string) => parsePublicId('action', id)
const close = (who: Actor, id: string, finding: 'fine' | 'problem', note = '') =>
  transaction((tx) => closeReview(tx, who, uuid(id), { finding, note }))
const list = (agent: Governed, show: 'open' | 'closed' = 'open', now = new Date()) =>
  listReviews(db, dana, { show, agent: agent.slug }, nothingWithheld, now)
const read = (who: Actor, id: string) => readReview(db, who, id, nothingWithheld, new Date())
const alertsOf = (agent: Governed) =>
  db.alert.findMany({ where: { agentId: agent.agentId }, select: { kind: true, severity: true, count: true } })
const codeOf = (error: unknown) => (isFault(error) ? error.code : String(error))
const asOwner = async (agent: Governed): Promise<Actor> => ({ ...dana, id: agent.personId, roles: [] })

/** What the database answers the app's own login, whatever the rule says. */
const insert = (actionId: string, personId: string, finding: string, note = '') =>
  pools.app
    .query('INSERT INTO review_closing (action_id, person_id, finding, note) VALUES ($1, $2, $3, $4)', [
      uuid(actionId),
      personId,
      finding,
      note,
    ])
    .then(
      () => 'inserted',
      (error: unknown) => (error as { code: string }).code,
    )

describe('what is owed', () => {
  it('is a review of code that was allowed, once however often the log is read, and of nothing else', async () => {
    const agent = await coder()
    const id = await change(agent)
    const note = await propose(agent, { tool: 'crm.note', arguments: { text: 'x' } })
    expect(note).toMatchObject({ decision: 'allow', obligations: [] })
    const held = await propose(agent, { tool: 'edr.isolate_host', arguments: { diff: '-a' } })
    expect(held).toMatchObject({ decision: 'hold', obligations: [] })
    await pools.superuser.query(`DELETE FROM ledger.cursor WHERE consumer = 'reviews'`)
    await tail()
    expect((await list(agent)).rows.map((row) => row.id)).toEqual([id])
    expect(await read(dana, id)).toMatchObject({
      agent: agent.slug,
      scrutiny: { kinds: expect.arrayContaining(['code']) as unknown },
      arguments: CHANGE.arguments,
      closed: null,
      may: { fine: { ok: true }, problem: { ok: true } },
    })
  })

  it('is seen by owners of their own agents, and by nobody without a part in it', async () => {
    const agent = await coder()
    const id = await change(agent)
    const stranger = await testPerson([])
    await expect(read(stranger, id)).rejects.toMatchObject({ code: 'not_found' })
    const seen = async (who: Actor) =>
      (await listReviews(db, who, { show: 'open' }, nothingWithheld, new Date())).rows.map((row) => row.id)
    expect(await seen(stranger)).toEqual([])
    expect(await seen(await asOwner(agent))).toEqual([id])
  })

  it('hides the words of what is sensitive until somebody says why', async () => {
    const agent = await coder()
    const id = await change(agent)
    const withheld = (ids: readonly string[]) => Promise.resolve(new Set(ids))
    const shown = await readReview(db, dana, id, withheld, new Date())
    expect(shown).toMatchObject({ gone: 'sensitive', sentence: null, arguments: {}, reasoning: null })
  })
})

describe('closing', () => {
  it('takes it from the queue, names the person in one entry, and leads on to what is left', async () => {
    const agent = await coder()
    const [one, two] = [await change(agent), await change(agent, { arguments: { diff: '+2' } })]
    await close(dana, one, 'fine', 'Read it twice.')
    expect((await list(agent)).rows.map((row) => row.id)).toEqual([two])
    expect((await list(agent, 'closed')).rows).toMatchObject([
      { id: one, closed: { by: 'Dana Whitlock', finding: 'fine', note: 'Read it twice.' } },
    ])
    const entry = (await entriesOf(database, 'review.closed')).find((each) => each['action'] === uuid(one))
    expect(entry).toMatchObject({ actor: `person:${dana.id}`, agent: agent.agentId, labels: ['fine'] })
    expect(JSON.stringify(entry)).not.toContain('Read it twice')
    expect(await nextReview(db, dana)).not.toBeNull()
  })

  it('with a problem raises an alert that names the agent; fine raises none', async () => {
    const agent = await coder()
    await close(dana, await change(agent), 'fine')
    await tail()
    expect(await alertsOf(agent)).toEqual([])
    await close(dana, await change(agent, { arguments: { diff: '+b' } }), 'problem', 'It always passes.')
    await tail()
    expect(await alertsOf(agent)).toEqual([{ kind: 'review_problem', severity: 'critical', count: 1 }])
  })

  it('of one change by two people at once succeeds once; the other is told who was first', async () => {
    const agent = await coder()
    for (let round = 0; round < 8; round += 1) {
      const id = await change(agent, { arguments: { diff: `+${round}` } })
      const before = (await entriesOf(database, 'review.closed')).length
      const tries = await Promise.allSettled([close(dana, id, 'fine'), close(bram, id, 'problem', 'No.')])
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const refused = tries.find((one) => one.status === 'rejected')
      expect(refused?.reason).toMatchObject({
        code: 'already_decided',
        message: expect.stringMatching(/^(?:Dana Whitlock|Bram Castellane) closed this review before you/) as unknown,
      })
      expect((await entriesOf(database, 'review.closed')).length).toBe(before + 1)
    }
  })

  it('is refused to the requester, and to the owner where it is fine, also after handing the agent over', async () => {
    const agent = await coder()
    const owner = await asOwner(agent)
    const requested = await change(agent, { on_behalf_of: { type: 'user', id: bram.email.toUpperCase() } })
    const reason = await close(bram, requested, 'problem', 'x').catch(codeOf)
    expect(reason).toBe('separation_of_duties')
    expect(await close(owner, requested, 'fine').catch(codeOf)).toBe('separation_of_duties')
    await pools.superuser.query('UPDATE agent SET owner_id = $1 WHERE id = $2', [dana.id, agent.agentId])
    expect(await close({ ...owner, roles: ['analyst'] }, requested, 'fine').catch(codeOf)).toBe('separation_of_duties')
    expect(await close(dana, requested, 'fine').catch(codeOf)).toBe('separation_of_duties')
    await close(dana, requested, 'problem', 'It is mine, and it is wrong.')
    expect(await read(bram, requested)).toMatchObject({ closed: { by: 'Dana Whitlock', finding: 'problem' } })
  })

  it('of what owes no review is not found', async () => {
    const note = await propose(await coder(), { tool: 'crm.note', arguments: { text: 'x' } })
    expect(await close(dana, note.id, 'fine').catch(codeOf)).toBe('not_found')
  })
})

describe('Postgres itself', () => {
  it('refuses the app a second closing, a problem without words, the requester, an owner who passes, and nobody', async () => {
    const agent = await coder()
    const id = await change(agent, { on_behalf_of: { type: 'user', id: bram.email } })
    const auditor = await testPerson(['auditor'])
    expect(await insert(id, dana.id, 'problem', ' \n\t')).toBe('23514')
    expect(await insert(id, bram.id, 'problem', 'x')).toBe('42501')
    expect(await insert(id, agent.personId, 'fine')).toBe('42501')
    expect(await insert(id, auditor.id, 'problem', 'x')).toBe('42501')
    expect(await insert(id, '019a0000-0000-7000-8000-000000000000', 'fine')).toBe('42501')
    expect(await insert(id, dana.id, 'perhaps', 'x')).toBe('23514')
    expect(await insert(id, dana.id, 'fine')).toBe('inserted')
    expect(await insert(id, ilse.id, 'problem', 'x')).toBe('23505')
  })

  it('lets the app neither change nor remove what is owed and what was found', async () => {
    const agent = await coder()
    const id = await change(agent)
    await close(dana, id, 'problem', 'x')
    for (const statement of [
      'UPDATE review_closing SET finding = $2 WHERE action_id = $1',
      'UPDATE review SET closed_at = $2::timestamptz WHERE action_id = $1',
      'UPDATE review SET requester_id = $2::uuid WHERE action_id = $1',
      'DELETE FROM review_closing WHERE action_id = $1 AND note <> $2',
      'DELETE FROM review WHERE action_id = $1 AND agent_id::text <> $2',
    ])
      await expect(pools.app.query(statement, [uuid(id), null])).rejects.toMatchObject({ code: '42501' })
    await expect(
      pools.app.query(
        `INSERT INTO review_closing (action_id, person_id, finding, closed_at) VALUES ($1, $2, 'fine', now() - interval '1 year')`,
        [uuid(id), dana.id],
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a review that nobody makes', () => {
  it('is overdue after the organisation’s days, said once by however many replicas look, and raises one alert', async () => {
    const agent = await coder()
    const [one] = [await change(agent), await change(agent, { arguments: { diff: '+c' } })]
    const later = new Date(Date.now() + 7 * DAY_MS + 60_000)
    const miss = (now: Date) => transaction((tx) => missOverdue(tx, now))
    await miss(new Date(Date.now() + 6 * DAY_MS))
    await tail()
    expect(await alertsOf(agent)).toEqual([])
    const told = await Promise.all([miss(later), miss(later), miss(later)])
    expect(told.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(2)
    expect(await miss(later)).toBe(0)
    await tail()
    expect(await alertsOf(agent)).toEqual([{ kind: 'review_missed', severity: 'warning', count: 2 }])
    expect((await list(agent, 'open', later)).rows).toMatchObject([{ id: one, overdue: true }, { overdue: true }])
    const owing = await readOwing(db, dana, later)
    expect(owing.find((each) => each.agent === agent.slug)).toMatchObject({ count: 2, overdue: true })
  })

  it('is overdue by the days a ciso sets, which is in the log', async () => {
    const agent = await coder()
    await change(agent)
    await transaction((tx) => governReviewDays(tx, ilse, 2))
    const { rows, days } = await list(agent, 'open', new Date(Date.now() + 3 * DAY_MS))
    expect([rows[0]?.overdue, days]).toEqual([true, 2])
    expect((await entriesOf(database, 'scrutiny.changed')).at(-1)).toMatchObject({
      actor: `person:${ilse.id}`,
      labels: ['review_days'],
    })
    await expect(pools.app.query('UPDATE organisation SET review_days = 0')).rejects.toMatchObject({ code: '23514' })
  })
})

describe('words that somebody changed in the database', () => {
  it('are said to be broken and never shown, as what was erased is said to be erased', async () => {
    const agent = await coder()
    const [one, two] = [await change(agent), await change(agent, { arguments: { diff: '+d' } })]
    // as somebody would who has the machine: the triggers that refuse it are off, hence the last test of the file
    await pools.superuser.query(
      `ALTER TABLE ledger.payload DISABLE TRIGGER USER;
       UPDATE ledger.payload SET ciphertext = set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1) WHERE entry_id = '${uuid(one)}';
       DELETE FROM ledger.payload WHERE entry_id = '${uuid(two)}'`,
    )
    expect(await read(dana, one)).toMatchObject({ gone: 'broken', arguments: {}, reasoning: null })
    expect(await read(dana, two)).toMatchObject({ gone: 'erased', arguments: {} })
  })
})
