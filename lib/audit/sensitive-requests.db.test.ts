import { describe, expect, it } from 'vitest'
import { parsePublicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { askQuestion } from '@/lib/decisions/ask'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { readExactFile } from '@/lib/decisions/read-exact'
import { readAlike, readInbox, readRequest } from '@/lib/decisions/read-inbox'
import { testLedger } from '@/lib/ledger/testing'
import { signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { markSensitive } from './mark-sensitive'
import { readStory } from './read-story'
import { sayPurpose } from './say-purpose'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const { held, verdict } = lifecycle(database)
const [administrator, auditor, analyst] = [
  await testPerson(['administrator']),
  await testPerson(['auditor']),
  await testPerson(['analyst']),
]
const now = () => new Date()
const SECRET = 'DE89 3704 0044'
const ABOUT = 'patient-4711'
const ASKED = {
  tool: 'edr.isolate_host',
  arguments: { host: 'h1', iban: SECRET },
  resource: { type: 'host', id: ABOUT },
  reasoning: { summary: `Because of ${SECRET}`, signals: [], confidence: 0.9 },
  evidence: [{ title: 'ticket', excerpt: SECRET, untrusted: true }],
}
const all = (value: unknown) => JSON.stringify(value)

async function sensitive(): Promise<{ agent: Governed; id: string; uuid: string; digest: string; actionId: string }> {
  const agent = await governed(pools.superuser)
  const { answer, approvalId, actionId } = await held(agent, ASKED)
  await transaction((tx) => askQuestion(tx, { approvalId, actor: analyst, text: `Whose is ${SECRET}?`, now: now() }))
  await transaction((tx) => markSensitive(tx, administrator.id, 'agent', agent.slug))
  return { agent, id: answer.approval?.id ?? '', uuid: approvalId, digest: answer.digest, actionId }
}

describe('a sensitive request', () => {
  it('is read without a purpose by whoever may answer it, and by them only until it is answered', async () => {
    const { id, uuid, digest } = await sensitive()
    const waiting = await readRequest(db(), analyst, id, now())
    expect(waiting).toMatchObject({ sensitive: null, arguments: ASKED.arguments })
    expect((await readExactFile(db(), analyst, id, '/iban', now())).bytes.toString()).toBe(SECRET)
    await verdict(uuid, digest, analyst, 'reject', `not to ${SECRET}`)
    const after = await readRequest(db(), analyst, id, now())
    expect(after).toMatchObject({ sensitive: { action: waiting.action }, erased: false, broken: false, exact: null })
    expect(all(after)).not.toContain(SECRET)
    expect(all(after)).not.toContain(ABOUT)
    const story = await readStory(db(), auditor, waiting.action)
    expect(story).toMatchObject({
      asked: { said: 'sensitive' },
      approval: { verdicts: [{ answer: 'reject', reason: '' }] },
    })
    expect(all(story)).not.toContain(SECRET)
  })

  it.each([
    ['an administrator', () => Promise.resolve(administrator)],
    ['an auditor', () => Promise.resolve(auditor)],
    ['whoever is on call', async () => ({ ...(await testPerson()), onCall: true })],
  ])('shows nothing of what was said to %s, on no page, until they say why', async (_, who) => {
    const { id, actionId } = await sensitive()
    const reader = await who()
    const request = await readRequest(db(), reader, id, now())
    expect(request).toMatchObject({ sensitive: { action: request.action }, tool: ASKED.tool, questions: [] })
    const row = (await readInbox(db(), reader, now())).rows.find((one) => one.id === id)
    const alike = await readAlike(db(), reader, row?.alike.key ?? '', now())
    for (const shown of [request, row, alike]) {
      expect(all(shown)).toContain(id)
      expect(all(shown)).not.toContain(SECRET)
      expect(all(shown)).not.toContain(ABOUT)
    }
    const whole = readExactFile(db(), reader, id, undefined, now())
    await expect(whole).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(readExactFile(db(), reader, id, '/iban', now())).rejects.toMatchObject({ code: 'not_permitted' })
    const subject = parsePublicId('action', request.sensitive?.action ?? '')
    await transaction((tx) => sayPurpose(tx, reader, subject, 'Complaint 17', now()))
    const opened = await readRequest(db(), reader, id, now())
    expect(opened).toMatchObject({ sensitive: null, arguments: ASKED.arguments })
    expect((await readExactFile(db(), reader, id, '/iban', now())).bytes.toString()).toBe(SECRET)
    const { rows } = await pools.superuser.query(
      'SELECT person_id::text AS person FROM ledger.reading WHERE subject_id = $1',
      [actionId],
    )
    expect(rows).toEqual([{ person: reader.id }])
  })

  it('is not its owner’s to read without a purpose, who may never answer alone', async () => {
    const { agent, id } = await sensitive()
    const owner = await signedInAs(agent.personId)
    const request = await readRequest(db(), owner, id, now())
    expect(request).toMatchObject({ sensitive: { action: request.action } })
    expect(all(request)).not.toContain(SECRET)
  })

  it('keeps what it was about out of the history of another request', async () => {
    const { agent } = await sensitive()
    const second = await held(agent, { ...ASKED, resource: { type: 'host', id: 'other' } })
    const request = await readRequest(db(), analyst, second.answer.approval?.id ?? '', now())
    expect(request).toMatchObject({ sensitive: null, resource: { id: 'other' }, earlier: [{ resource: null }] })
  })
})
