import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { say } from '@/clients/verifier/words'
import { verifyBundle } from '@/clients/verifier/verify'
import { draft } from '@/lib/boundary/draft'
import { sign } from '@/lib/boundary/sign'
import { beginToSign } from '@/lib/boundary/signed-with'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { newId } from '@/lib/core/ids'
import type { JsonValue } from '@/lib/core/json'
import { append } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { beginToAdd, finishAdding } from '@/lib/people/passkey-add'
import type { KeptAssertion } from '@/lib/people/passkey-assert'
import { challengeOf, statementOf } from '@/lib/people/passkey-statement'
import { SoftKey } from '@/lib/people/passkey-testing'
import { partsOf, reseal, write } from './bundle-testing'
import { evidenceWorld } from './world-testing'

const database = await testDatabase()
const ledger = await testLedger(database)
const world = await evidenceWorld(database, ledger)
const { agent, other, ciso, folder, take, propose } = world
afterAll(world.end)

const of = { id: agent.agentId, slug: agent.slug, ownerId: agent.personId, state: 'active' } as const
const key = new SoftKey()
const now = () => new Date()

async function signNext(scope: string): Promise<number> {
  const source = `agent: ${agent.slug}\nmcp_scopes:\n  crm: [read]\n${scope}`
  const { version, digest } = await transaction((tx) =>
    draft(tx, { id: agent.personId }, of, { source, note: '' }, now()),
  )
  const input = { digest, statement: 'I have read it' }
  const { options } = await beginToSign(db(), ciso, of, version, input, now())
  await sign(db(), ciso, of, version, { ...input, assertion: key.get(options.challenge) }, now())
  return version
}

const { create } = await beginToAdd(db(), ciso, 'Laptop', now())
await finishAdding(db(), ciso, { attestation: key.create(create.challenge) }, now())
await signNext('never:\n  - crm.delete_all\n  - crm.drop\n')
await propose(agent, 'crm.get_order', { i: 99 })

describe('a bundle with a signature by passkey', () => {
  it('is whole, and the verifier says who signed what', async () => {
    const verdict = await verifyBundle(await take({ agent: agent.slug }, 'signed'))
    expect(verdict).toMatchObject({ whole: true, signatures: { passkey: 1, added: 1, unopened: 0 } })
    const said = say(verdict)
    expect(said).toContain('1 signature was made with a passkey, at localhost')
    expect(said).toMatch(
      /“I, Ilse Tamm, put version 2 of \S+ in force from .* UTC until .* UTC; it narrows one thing\.”/,
    )
    expect(said).toContain('in a password session: that is the server’s word alone')
  })

  it('is refused when the server wrote down a signature that nobody gave, however consistent the rest', async () => {
    const digest = `sha256:${'9'.repeat(64)}`
    const subject = newId()
    const passkey = (await db().passkey.findFirst({ where: { personId: ciso.id } }))?.id ?? ''
    /** An entry by somebody who holds the database and the ledger's keys, with an answer of the passkey over some statement. */
    const forge = async (name: string, over: { digest: string }, change: (kept: KeptAssertion) => object) => {
      const at = now().toISOString()
      const said = { what: 'boundary.sign', subject, digest: over.digest, agent: agent.agentId, version: 9 } as const
      const statement = statementOf(
        { ...said, effective: at, lapses: at, words: 'I' },
        ciso.id,
        now(),
        Buffer.alloc(16, 1),
      )
      const { response } = key.get(challengeOf(statement).toString('base64url'))
      const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex')
      const kept = change({
        ...{ statement, passkey, rp_id: 'localhost', origin: 'http://localhost:3000' },
        public_key: key.cose.toString('hex'),
        authenticator_data: hex(response.authenticatorData),
        client_data: hex(response.clientDataJSON),
        signature: hex(response.signature),
      })
      await transaction((tx) =>
        append(tx, {
          kind: 'boundary.signed',
          actor: `person:${ciso.id}`,
          agent: agent.agentId,
          boundary: { version: 9, digest },
          about: { boundary: subject, passkey },
          labels: ['passkey'],
          payload: { passkey: kept as JsonValue },
        }),
      )
      return verifyBundle(await take({ agent: agent.slug }, name))
    }
    expect(await forge('real', { digest }, (kept) => kept)).toMatchObject({ whole: true, signatures: { passkey: 2 } })
    const bent = (kept: KeptAssertion) => ({ ...kept, signature: kept.signature.replace(/..$/, '00') })
    expect(await forge('bent', { digest }, bent)).toMatchObject({ whole: false, code: 'assertion_broken' })
  })

  it('is refused when its payload is tampered with, also under a new seal', async () => {
    const file = path.join(folder, 'signed.zip')
    const tampered = partsOf(file).map((part) =>
      part.name.includes('openings/')
        ? { ...part, content: Buffer.from(part.content.toString('utf8').replaceAll('put version 2', 'put version 3')) }
        : part,
    )
    expect(tampered.some((part, i) => !part.content.equals(partsOf(file)[i]?.content ?? Buffer.alloc(0)))).toBe(true)
    const verdict = await verifyBundle(write(path.join(folder, 'tampered.zip'), reseal(tampered, ledger)))
    expect(verdict).toMatchObject({ whole: false, code: 'opening_differs' })
  })
})

describe('a signature that is said to be by passkey', () => {
  it('is refused when no passkey answered', async () => {
    const passkey = (await db().passkey.findFirst({ where: { personId: ciso.id } }))?.id ?? ''
    await transaction((tx) =>
      append(tx, {
        kind: 'boundary.signed',
        actor: `person:${ciso.id}`,
        agent: other.agentId,
        boundary: { version: 9, digest: `sha256:${'7'.repeat(64)}` },
        about: { boundary: newId(), passkey },
        labels: ['passkey'],
        payload: { statement: 'without any answer' },
      }),
    )
    const verdict = await verifyBundle(await take({ agent: other.slug }, 'missing'))
    expect(verdict).toMatchObject({ whole: false, code: 'assertion_differs' })
  })
})
