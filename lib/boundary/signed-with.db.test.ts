import { describe, expect, test } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { governSignatures } from '@/lib/people/govern-signatures'
import { beginToAdd, finishAdding } from '@/lib/people/passkey-add'
import { SoftKey, type Lies } from '@/lib/people/passkey-testing'
import { entriesOf, testOrganisation, testPerson } from '@/lib/people/testing'
import { draft } from './draft'
import { sign } from './sign'
import { beginToSign } from './signed-with'
import { findVersion, newestSigned } from './store'
import type { Governed } from './subject'

const database = await testDatabase()
await testLedger(database)
await testOrganisation()
const { db } = database
const pool = database.pools.superuser
const now = () => new Date()
const statement = 'I have read it'
const ilse = await testPerson(['ciso'], 'Ilse Tamm')

async function drafted(rest = 'mcp_scopes:\n  crm: [read]\n') {
  const sample = await sampleAgent(pool)
  const agent: Governed = { id: sample.agentId, slug: sample.slug, ownerId: sample.personId, state: 'active' }
  const owner = { id: sample.personId }
  return { agent, owner, ...(await save(agent, owner, rest)) }
}
const save = (agent: Governed, owner: { id: string }, rest: string) =>
  transaction((tx) => draft(tx, owner, agent, { source: `agent: ${agent.slug}\n${rest}`, note: '' }, now()))

async function addKey(actor: Actor, key = new SoftKey()): Promise<SoftKey> {
  const { create } = await beginToAdd(db, actor, 'Laptop', now())
  await finishAdding(db, actor, { attestation: key.create(create.challenge) }, now())
  return key
}
const input = (digest: string) => ({ digest, statement })

describe('before any ciso has a passkey', () => {
  test('a signature is given in a password session, and marked so', async () => {
    const { agent, version, digest } = await drafted()
    await sign(db, ilse, agent, version, input(digest), now())
    expect(await newestSigned(db, agent.id)).toMatchObject({ version, signedWith: null })
    expect((await entriesOf(database, 'boundary.signed')).at(-1)).toMatchObject({ labels: ['password_session'] })
  })

  test('the organisation can ask for one all the same, and then nothing is signed without', async () => {
    await governSignatures(db, ilse, 'always')
    const { agent, version, digest } = await drafted()
    const signing = sign(db, ilse, agent, version, input(digest), now())
    await expect(signing).rejects.toMatchObject({ code: 'passkey_required' })
    await governSignatures(db, ilse, 'once_registered')
  })
})

describe('with a passkey', () => {
  const key = new SoftKey()
  test('the signature is over the statement, and the ledger keeps what proves it', async () => {
    await addKey(ilse, key)
    const { agent, version, digest } = await drafted()
    const asked = await beginToSign(db, ilse, agent, version, input(digest), now())
    expect(asked.statement).toMatchObject({
      what: 'boundary.sign',
      digest,
      version,
      agent: agent.id,
      replaces: null,
      reason: statement,
      words: expect.stringMatching(
        new RegExp(`^I, Ilse Tamm, put version 1 of ${agent.slug} in force from .* UTC until .* UTC; it is the first`),
      ),
    })
    const assertion = key.get(asked.options.challenge)
    const { lapsesAt } = await sign(db, ilse, agent, version, { ...input(digest), assertion }, now())
    expect(lapsesAt).toBe(asked.statement['lapses'])
    expect(await newestSigned(db, agent.id)).toMatchObject({ version, signedWith: expect.any(String) })
    const entry = (await entriesOf(database, 'boundary.signed')).at(-1)
    expect(entry).toMatchObject({ labels: ['passkey'], about: { passkey: expect.any(String) } })
    expect(await openPayload(pool, String(entry?.['id']))).toMatchObject({
      payload: {
        passkey: {
          statement: asked.statement,
          rp_id: 'localhost',
          public_key: key.cose.toString('hex'),
          signature: Buffer.from(assertion.response.signature, 'base64url').toString('hex'),
        },
      },
    })
  })

  test('none is signed without one any more, whoever asks: Postgres refuses it, too', async () => {
    const other = await testPerson(['ciso'], 'Bram Castellane')
    const { agent, version, digest } = await drafted()
    for (const ciso of [ilse, other])
      await expect(sign(db, ciso, agent, version, input(digest), now())).rejects.toMatchObject({
        code: 'passkey_required',
      })
    const { id } = (await findVersion(db, agent.id, version)) ?? { id: '' }
    const past = pool.query(
      `UPDATE boundary_version SET status = 'signed', signed_by = $2, signed_at = now(), lapses_at = now() + interval '1 day' WHERE id = $1`,
      [id, ilse.id],
    )
    await expect(past).rejects.toMatchObject({ code: 'CSPK1' })
    expect(await newestSigned(db, agent.id)).toBeNull()
  })

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { unverified: true }],
    ['a forged signature', { forged: true }],
    ['a counter that went back', { counter: 1 }],
  ] satisfies [string, Lies][])('is refused for %s, and nothing is in force', async (_, lies) => {
    const { agent, version, digest } = await drafted()
    const { options } = await beginToSign(db, ilse, agent, version, input(digest), now())
    const assertion = key.get(options.challenge, lies)
    const signing = sign(db, ilse, agent, version, { ...input(digest), assertion }, now())
    await expect(signing).rejects.toMatchObject({ code: 'passkey_refused' })
    expect(await newestSigned(db, agent.id)).toBeNull()
  })

  test('an answer for one draft signs no other, and none twice', async () => {
    const [one, two] = [await drafted(), await drafted()]
    const { options } = await beginToSign(db, ilse, one.agent, one.version, input(one.digest), now())
    const assertion = key.get(options.challenge)
    const other = sign(db, ilse, two.agent, two.version, { ...input(two.digest), assertion }, now())
    await expect(other).rejects.toMatchObject({ code: 'passkey_challenge' })
    const late = sign(db, ilse, one.agent, one.version, { ...input(one.digest), assertion }, now())
    await expect(late).rejects.toMatchObject({ code: 'passkey_challenge' })
  })

  test('a draft that changes between the question and the answer is not signed', async () => {
    const { agent, owner, version, digest } = await drafted()
    const { options } = await beginToSign(db, ilse, agent, version, input(digest), now())
    const assertion = key.get(options.challenge)
    const { digest: changed } = await save(agent, owner, 'mcp_scopes:\n  crm: [read, write]\n')
    const seen = sign(db, ilse, agent, version, { ...input(digest), assertion }, now())
    await expect(seen).rejects.toMatchObject({ code: 'digest_mismatch' })
    const unseen = sign(db, ilse, agent, version, { ...input(changed), assertion }, now())
    await expect(unseen).rejects.toMatchObject({ code: 'passkey_challenge' })
    expect(await newestSigned(db, agent.id)).toBeNull()
  })

  test('other words than those that were signed are refused', async () => {
    const { agent, version, digest } = await drafted()
    const { options } = await beginToSign(db, ilse, agent, version, input(digest), now())
    const assertion = key.get(options.challenge)
    const signing = sign(db, ilse, agent, version, { digest, statement: 'Other words', assertion }, now())
    await expect(signing).rejects.toMatchObject({ code: 'passkey_challenge' })
  })

  test('somebody else’s passkey signs nothing in one’s name', async () => {
    const other = await testPerson(['ciso'], 'Bram Castellane')
    const theirs = await addKey(other)
    const { agent, version, digest } = await drafted()
    const { options } = await beginToSign(db, ilse, agent, version, input(digest), now())
    const assertion = theirs.get(options.challenge)
    await expect(sign(db, ilse, agent, version, { ...input(digest), assertion }, now())).rejects.toMatchObject({
      code: 'passkey_refused',
    })
    const { options: own } = await beginToSign(db, other, agent, version, input(digest), now())
    const borrowed = sign(db, ilse, agent, version, { ...input(digest), assertion: theirs.get(own.challenge) }, now())
    await expect(borrowed).rejects.toMatchObject({ code: 'passkey_challenge' })
  })

  test('an old version is not signed again as a new one: the number is in what is signed', async () => {
    const { agent, owner, version, digest } = await drafted()
    const first = await beginToSign(db, ilse, agent, version, input(digest), now())
    await sign(db, ilse, agent, version, { ...input(digest), assertion: key.get(first.options.challenge) }, now())
    const again = await save(agent, owner, 'mcp_scopes:\n  crm: [read]\n')
    expect(again).toMatchObject({ version: 2, digest })
    const second = await beginToSign(db, ilse, agent, 2, input(digest), now())
    expect(second.statement).toMatchObject({ version: 2, replaces: digest })
    // the answer to the statement of version 1, taken to be of version 2
    const old = key.get(first.options.challenge)
    await expect(sign(db, ilse, agent, 2, { ...input(digest), assertion: old }, now())).rejects.toMatchObject({
      code: 'passkey_challenge',
    })
    const twice = pool.query(
      `INSERT INTO boundary_version (id, agent_id, version, source, document, digest, drafted_by)
       SELECT gen_random_uuid(), agent_id, version, source, document, digest, drafted_by FROM boundary_version WHERE agent_id = $1 AND version = 1`,
      [agent.id],
    )
    await expect(twice).rejects.toMatchObject({ code: '23505' })
  })
})
