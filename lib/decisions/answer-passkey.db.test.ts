import { beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '@/lib/approvals/approval'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { beginToAdd, finishAdding } from '@/lib/people/passkey-add'
import { beginToRemove, removePasskey } from '@/lib/people/passkey-change'
import type { AssertionInput } from '@/lib/people/passkey-contract'
import { SoftKey, type Lies } from '@/lib/people/passkey-testing'
import { entriesOf, testOrganisation, testPerson } from '@/lib/people/testing'
import { answerAction } from './answer'
import { beginToAnswer, takeAnswer } from './answer-passkey'
import { governVerdicts } from './govern-verdicts'
import { governed } from './governed-testing'
import { HOLD, lifecycle } from './lifecycle-testing'
import { readRequest } from './read-inbox'

const database = await testDatabase()
await testLedger(database)
await testOrganisation()
const pool = database.pools.superuser
const { held, verdict, state, kinds } = lifecycle(database)
const now = () => new Date()

const ciso = await testPerson(['ciso'], 'Ilse Tamm')
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const key = new SoftKey()
async function addKey(actor: Actor, one: SoftKey, name = 'Laptop', by?: SoftKey): Promise<string> {
  const { create } = await beginToAdd(db(), actor, name, now())
  const proof = by?.get(create.challenge)
  return (
    await finishAdding(db(), actor, { attestation: one.create(create.challenge), ...(proof && { proof }) }, now())
  ).id
}

const agentWith = (passkey?: 'approve' | 'both') =>
  governed(pool, {
    approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null, ...(passkey && { passkey }) }],
  })
const asked = async (passkey: 'approve' | 'both' = 'approve') => {
  const agent = await agentWith(passkey)
  return { agent, ...(await held(agent)) }
}
type Held = Awaited<ReturnType<typeof asked>>
type Given = { answer?: Answer; reason?: string; digest?: string }

const intend = ({ approvalId, answer: { digest } }: Held, actor: Actor, given: Given = {}) => ({
  approvalId,
  actor,
  answer: given.answer ?? ('approve' as const),
  reason: given.reason ?? 'It is the right host',
  digest: Buffer.from((given.digest ?? digest).slice(7), 'hex'),
  now: now(),
})
const begin = async (one: Held, actor: Actor, given: Given = {}) =>
  (await beginToAnswer(db(), intend(one, actor, given))).options.challenge
/** As the route does it. */
async function answer(one: Held, actor: Actor, assertion: AssertionInput | undefined, given: Given = {}) {
  const passkey = await takeAnswer(db(), actor.id, assertion)
  return transaction((tx) => answerAction(tx, { ...intend(one, actor, given), passkey }))
}
/** Nothing of a verdict is there: no row, no entry, the action waits, and nothing says a passkey was used. */
async function expectNothing({ agent, approvalId, actionId }: Held): Promise<void> {
  const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM verdict WHERE approval_id = $1', [
    approvalId,
  ])
  expect(rows[0]?.count).toBe('0')
  expect(await kinds(actionId)).toEqual(['action.decided'])
  expect(await state(agent, actionId)).toBe('held')
  const used = await pool.query('SELECT 1 FROM passkey_challenge WHERE subject_id = $1 AND passkey_id IS NOT NULL', [
    approvalId,
  ])
  expect(used.rowCount).toBe(0)
}

describe('who has no passkey', () => {
  test('is told so before and at the answer, may reject, and whoever begins is told where to make one', async () => {
    const one = await asked()
    expect(await readRequest(db(), dana, one.answer.approval?.id ?? '', now())).toMatchObject({
      takes: { passkey: 'approve', has: false, possible: true },
    })
    await expect(begin(one, dana)).rejects.toMatchObject({ code: 'passkey_required' })
    await expect(answer(one, dana, undefined)).rejects.toMatchObject({
      code: 'passkey_required',
      message: expect.stringMatching(/none yet\. Add one in your settings/),
    })
    await expectNothing(one)
    expect(await answer(one, dana, undefined, { answer: 'reject' })).toMatchObject({ status: 'rejected' })
  })
})

describe('an approval that takes a passkey', () => {
  beforeAll(async () => {
    await addKey(dana, key)
  })

  test('is given with one: the entry names it, and keeps what proves it', async () => {
    const one = await asked()
    const given = key.get(await begin(one, dana))
    expect(await answer(one, dana, given)).toMatchObject({ status: 'approved' })
    const entry = (await entriesOf(database, 'approval.approved')).at(-1)
    expect(entry).toMatchObject({
      about: { approval: one.approvalId, passkey: expect.any(String) },
      verdicts: [{ person: dana.id, answer: 'approve', capability: 'analyst', assurance: 'passkey' }],
    })
    expect(await openPayload(pool, String(entry?.['id']))).toMatchObject({
      payload: {
        reason: 'It is the right host',
        passkey: {
          statement: {
            what: 'approval.answer',
            person: dana.id,
            subject: one.approvalId,
            digest: one.answer.digest,
            answer: 'approve',
            words: `I, Dana Whitlock, approve what ${one.agent.slug} asks in ${one.answer.approval?.id ?? ''}, exactly ${one.answer.digest}.`,
          },
          public_key: key.cose.toString('hex'),
        },
      },
    })
    expect(await readRequest(db(), dana, one.answer.approval?.id ?? '', now())).toMatchObject({
      verdicts: [{ passkey: true }],
    })
  })

  test('is refused without one, by this room and by Postgres whoever asks it', async () => {
    const one = await asked()
    await expect(answer(one, dana, undefined)).rejects.toMatchObject({ code: 'passkey_required' })
    const past = database.pools.app.query(
      `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES (gen_random_uuid(), $1, $2, 'approve', 'it is', $3)`,
      [one.approvalId, dana.id, Buffer.from(one.answer.digest.slice(7), 'hex')],
    )
    await expect(past).rejects.toMatchObject({ code: 'CSPK2' })
    const loosened = pool.query(`UPDATE approval SET rule = rule - 'passkey' WHERE id = $1`, [one.approvalId])
    await expect(loosened).rejects.toMatchObject({ code: '42501' })
    await expectNothing(one)
  })

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { unverified: true }],
    ['a forged signature', { forged: true }],
    ['a counter that went back', { counter: 1 }],
  ] satisfies [string, Lies][])('is refused for %s, and the challenge is spent', async (_, lies) => {
    const one = await asked()
    const challenge = await begin(one, dana)
    await expect(answer(one, dana, key.get(challenge, lies))).rejects.toMatchObject({ code: 'passkey_refused' })
    await expect(answer(one, dana, key.get(challenge))).rejects.toMatchObject({ code: 'passkey_challenge' })
    await expectNothing(one)
  })

  test('is refused when the passkey answered for another approval, answer, digest or reason, or is somebody else’s', async () => {
    const [one, two] = [await asked('both'), await asked('both')]
    const tom = await testPerson(['analyst'], 'Tom Reyes')
    const toms = new SoftKey()
    await addKey(tom, toms)
    const other = { code: 'passkey_challenge' }
    await expect(answer(two, dana, key.get(await begin(one, dana)))).rejects.toMatchObject(other)
    await expect(answer(one, dana, key.get(await begin(one, dana)), { answer: 'reject' })).rejects.toMatchObject(other)
    await expect(answer(one, dana, key.get(await begin(one, dana)), { reason: 'Another' })).rejects.toMatchObject(other)
    await expect(answer(one, tom, key.get(await begin(one, dana)))).rejects.toMatchObject(other)
    await expect(answer(one, dana, toms.get(await begin(one, dana)))).rejects.toMatchObject({ code: 'passkey_refused' })
    await expect(answer(one, dana, toms.get(await begin(one, dana), { id: key.id }))).rejects.toMatchObject({
      code: 'passkey_refused',
    })
    // another digest is refused before a challenge is made, and at the answer
    const digest = `sha256:${'9'.repeat(64)}`
    await expect(begin(one, dana, { digest })).rejects.toMatchObject({ code: 'digest_mismatch' })
    await expect(answer(one, dana, key.get(await begin(one, dana)), { digest })).rejects.toMatchObject({
      code: 'digest_mismatch',
    })
    await expectNothing(one)
    await expectNothing(two)
  })

  test('is refused when its answer is replayed, also at once in two tabs: one verdict, one entry', async () => {
    const one = await asked()
    const given = key.get(await begin(one, dana))
    const both = await Promise.allSettled([answer(one, dana, given), answer(one, dana, given)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'passkey_challenge' } })
    await expect(answer(one, dana, given)).rejects.toMatchObject({ code: 'passkey_challenge' })
    expect(await kinds(one.actionId)).toEqual(['action.decided', 'approval.approved'])
  })

  test('that two tabs begin is given once: the other is told what was decided', async () => {
    const one = await asked()
    const [first, second] = [key.get(await begin(one, dana)), key.get(await begin(one, dana))]
    const both = await Promise.allSettled([answer(one, dana, first), answer(one, dana, second)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const refused = both.find(({ status }) => status === 'rejected')
    expect((refused as PromiseRejectedResult).reason).toMatchObject({
      code: expect.stringMatching(/^(already_decided|passkey_refused)$/),
    })
    expect(await kinds(one.actionId)).toEqual(['action.decided', 'approval.approved'])
  })

  test('is refused when the passkey is removed between the question and the answer', async () => {
    const one = await asked()
    const spare = new SoftKey()
    const id = await addKey(dana, spare, 'Key in the safe', key)
    const given = spare.get(await begin(one, dana))
    const { options } = await beginToRemove(db(), dana, id, now())
    await removePasskey(db(), dana, id, key.get(options.challenge), now())
    await expect(answer(one, dana, given)).rejects.toMatchObject({ code: 'passkey_refused' })
    await expectNothing(one)
  })

  test('is not begun by whoever may not answer, nor under a halt', async () => {
    const one = await asked()
    await expect(begin(one, ciso)).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(begin(one, dana, { reason: '' })).resolves.toEqual(expect.any(String))
  })
})

describe('rejecting', () => {
  test('takes a passkey only where the boundary says so', async () => {
    const [one, two] = [await asked('approve'), await asked('both')]
    expect(await answer(one, dana, undefined, { answer: 'reject' })).toMatchObject({ status: 'rejected' })
    await expect(answer(two, dana, undefined, { answer: 'reject' })).rejects.toMatchObject({ code: 'passkey_required' })
    const given = key.get(await begin(two, dana, { answer: 'reject' }))
    expect(await answer(two, dana, given, { answer: 'reject' })).toMatchObject({ status: 'rejected' })
    expect((await entriesOf(database, 'approval.rejected')).at(-1)).toMatchObject({
      verdicts: [{ answer: 'reject', assurance: 'passkey' }],
    })
  })
})

describe('what the organisation asks of verdicts', () => {
  const rules = (passkeyFrom: 'low' | 'critical', reasonFrom: 'low' | 'high') => ({
    passkeyFrom,
    reasonFrom,
    assertion: undefined,
  })

  test('holds from the next question on, and what waits keeps what it was asked with', async () => {
    const agent = await agentWith()
    const before = { agent, ...(await held(agent)) }
    await governVerdicts(db(), ciso, rules('low', 'low'), now())
    const after = { agent, ...(await held(agent, { ...HOLD, arguments: { host: 'another' } })) }
    expect(await verdict(before.approvalId, before.answer.digest, dana, 'approve', '')).toMatchObject({
      status: 'approved',
    })
    await expect(answer(after, dana, undefined)).rejects.toMatchObject({ code: 'passkey_required' })
    await expect(answer(after, dana, undefined, { reason: '' })).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'reason',
    })
    // loosened again: what waits is asked what it was opened with
    await governVerdicts(db(), ciso, rules('critical', 'high'), now())
    await expect(answer(after, dana, undefined)).rejects.toMatchObject({ code: 'passkey_required' })
    expect((await entriesOf(database, 'verdicts.governed')).at(-1)).toMatchObject({
      actor: `person:${ciso.id}`,
      labels: ['passkey_from.critical', 'reason_from.high', 'password_session'],
    })
  })

  test('is a ciso’s to say, and with a passkey from the first one of a ciso on', async () => {
    await expect(governVerdicts(db(), dana, rules('low', 'low'), now())).rejects.toMatchObject({
      code: expect.stringMatching(/passkey_required|not_permitted/),
    })
    const plain = await testPerson(['analyst'])
    await expect(governVerdicts(db(), plain, rules('low', 'low'), now())).rejects.toMatchObject({
      code: 'not_permitted',
    })
    const cisos = new SoftKey()
    await addKey(ciso, cisos)
    await expect(governVerdicts(db(), ciso, rules('low', 'low'), now())).rejects.toMatchObject({
      code: 'passkey_required',
    })
    const other = await testPerson(['ciso'])
    await expect(governVerdicts(db(), other, rules('low', 'low'), now())).rejects.toMatchObject({
      code: 'passkey_required',
    })
  })
})
