import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testLedger } from '@/lib/ledger/testing'
import { cookieOfActor, TEST_ORIGIN, testOrganisation, testPerson } from '@/lib/people/testing'
import { POST as revoke } from './[id]/revocation/route'
import { GET as list, POST as enrol } from './route'

const database = await testDatabase()
await testLedger(database)
await testOrganisation()
const owner = await testPerson([])
const stranger = await testPerson([], 'Bram Castellane')
const agent = await governed(database.pools.superuser)
await database.pools.superuser.query('UPDATE agent SET owner_id = $2 WHERE id = $1', [agent.agentId, owner.id])

const publicKey = () => {
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  return JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x })
}
type Handler = typeof enrol
async function form(handler: Handler, as: typeof owner, fields: Record<string, string>, id = '') {
  const request = new Request(`${TEST_ORIGIN}/api/console/agents/${agent.slug}/runners`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: TEST_ORIGIN,
      cookie: await cookieOfActor(as),
    },
    body: new URLSearchParams(fields).toString(),
  })
  return handler(request, { params: Promise.resolve({ slug: agent.slug, ...(id !== '' && { id }) }) })
}
async function listed() {
  const request = new Request(`${TEST_ORIGIN}/api/console/agents/${agent.slug}/runners`, {
    headers: { cookie: await cookieOfActor(owner) },
  })
  const answer = await list(request, { params: Promise.resolve({ slug: agent.slug }) })
  return ((await answer.json()) as { runners: { id: string; name: string; revokedAt: string | null }[] }).runners
}
const kinds = async () => {
  const { rows } = await database.pools.superuser.query<{ kind: string }>(
    `SELECT kind FROM ledger.entry WHERE kind LIKE 'runner.%' ORDER BY id`,
  )
  return rows.map(({ kind }) => kind)
}

it('an owner enrols a runner by a plain form, and ends it by another; both are entries', async () => {
  const enrolled = await form(enrol, owner, { name: 'build-1', key: publicKey() })
  expect(enrolled.status).toBe(303)
  expect(enrolled.headers.get('location')).toContain(`/agents/${agent.slug}/credentials`)
  const [made] = await listed()
  expect(made).toMatchObject({ name: 'build-1', revokedAt: null })
  expect((await form(revoke, owner, {}, made?.id)).status).toBe(303)
  expect((await listed())[0]?.revokedAt).not.toBeNull()
  expect(await kinds()).toEqual(['runner.enrolled', 'runner.revoked'])
})

it('nobody else enrols one or ends one, and the same key is not enrolled again', async () => {
  const key = publicKey()
  await form(enrol, stranger, { name: 'theirs', key })
  expect((await listed()).map(({ name }) => name)).not.toContain('theirs')
  await form(enrol, owner, { name: 'mine', key })
  const mine = (await listed()).find(({ name }) => name === 'mine')
  await form(revoke, stranger, {}, mine?.id)
  expect((await listed()).find(({ name }) => name === 'mine')?.revokedAt).toBeNull()
  await form(revoke, owner, {}, mine?.id)
  await form(enrol, owner, { name: 'again', key })
  expect((await listed()).map(({ name }) => name)).not.toContain('again')
})

it('a key that is none is told beside its field', async () => {
  for (const fields of [
    { name: '', key: publicKey() },
    { name: 'x', key: '{"kty":"RSA"}' },
  ]) {
    const before = (await listed()).length
    const answer = await form(enrol, owner, fields)
    expect(answer.status).toBe(303)
    expect((await listed()).length).toBe(before)
  }
})
