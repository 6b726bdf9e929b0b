import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { say } from '@/clients/verifier/words'
import { verifyBundle } from '@/clients/verifier/verify'
import { parsePublicId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { answerAction } from '@/lib/decisions/answer'
import { beginToAnswer, takeAnswer } from '@/lib/decisions/answer-passkey'
import { append } from '@/lib/ledger/append'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { beginToAdd, finishAdding } from '@/lib/people/passkey-add'
import type { KeptAssertion } from '@/lib/people/passkey-assert'
import { SoftKey } from '@/lib/people/passkey-testing'
import { entriesOf, testPerson } from '@/lib/people/testing'
import { partsOf, reseal, write } from './bundle-testing'
import { evidenceWorld } from './world-testing'

const database = await testDatabase()
const ledger = await testLedger(database)
const world = await evidenceWorld(database, ledger)
const { agent, folder, take, propose } = world
afterAll(world.end)

const now = () => new Date()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const key = new SoftKey()
const { create } = await beginToAdd(db(), dana, 'Laptop', now())
await finishAdding(db(), dana, { attestation: key.create(create.challenge) }, now())

/** Dana approves a held action with her passkey. */
async function approved(args: JsonObject) {
  const { approval, digest } = await propose(agent, 'crm.refund', args)
  if (approval === null) throw new Error('it was not held')
  const intended = {
    approvalId: parsePublicId('approval', approval.id),
    actor: dana,
    answer: 'approve' as const,
    reason: 'Checked: “naïve” 漢字',
    digest: Buffer.from(digest.slice(7), 'hex'),
    now: now(),
  }
  const { options } = await beginToAnswer(db(), intended)
  const passkey = await takeAnswer(db(), dana.id, key.get(options.challenge))
  await transaction((tx) => answerAction(tx, { ...intended, passkey }))
}
await approved({ amount: 12.5, note: 'naïve 漢字 \u202e', nested: [{ b: 1, a: null }] })

type Entry = Record<string, unknown> & { about: Record<string, string>; agent: string; action: string; id: string }
const last = async () => {
  const entry = (await entriesOf(database, 'approval.approved')).at(-1) as Entry
  const opened = await openPayload(database.pools.superuser, entry.id)
  return { entry, payload: (opened as unknown as { payload: { reason: string; passkey: KeptAssertion } }).payload }
}
describe('a bundle with a verdict by passkey', () => {
  it('is whole, and the verifier says who answered what, over what was asked', async () => {
    const verdict = await verifyBundle(await take({ agent: agent.slug }, 'answered'))
    expect(verdict).toMatchObject({
      whole: true,
      verdicts: { passkey: 1, added: 1, recomputed: 1, unopened: 0, session: 0 },
    })
    const said = say(verdict)
    expect(said).toContain('1 verdict was given with a passkey, at localhost')
    expect(said).toContain('Each digest was computed again from what was asked, or edited to by then.')
    expect(said).toMatch(/“I, Dana Whitlock, approve what \S+ asks in apr_[0-9a-f]{32}, exactly sha256:[0-9a-f]{64}\.”/)
  })

  it('is refused when its payload is tampered with, also under a new seal', async () => {
    const file = path.join(folder, 'answered.zip')
    const tampered = partsOf(file).map((part) =>
      part.name.includes('openings/')
        ? { ...part, content: Buffer.from(part.content.toString('utf8').replaceAll('Checked: ', 'Skipped: ')) }
        : part,
    )
    const verdict = await verifyBundle(write(path.join(folder, 'tampered.zip'), reseal(tampered, ledger)))
    expect(verdict).toMatchObject({ whole: false, code: 'opening_differs' })
  })
})

it('is refused when the server wrote down another answer than the passkey gave, however consistent the rest', async () => {
  const { entry, payload } = await last()
  await transaction((tx) =>
    append(tx, {
      kind: 'approval.rejected',
      actor: `person:${dana.id}`,
      agent: entry.agent,
      action: entry.action,
      outcome: 'rejected',
      about: entry.about,
      verdicts: [{ person: dana.id, answer: 'reject', capability: 'analyst', assurance: 'passkey' }],
      payload: payload,
    }),
  )
  const verdict = await verifyBundle(await take({ agent: agent.slug }, 'another'))
  expect(verdict).toMatchObject({ whole: false, code: 'assertion_differs' })
  expect(say(verdict)).toContain('the answer')
})
