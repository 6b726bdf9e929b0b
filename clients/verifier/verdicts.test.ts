import { describe, expect, test } from 'vitest'
import { sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import { publicId } from '@/lib/core/ids'
import { actionDigest } from '@/lib/decisions/digest'
import { challengeOf, statementOf } from '@/lib/people/passkey-statement'
import { SoftKey, type Lies } from '@/lib/people/passkey-testing'
import type { Entry, Placed } from './entry'
import { Passkeys } from './passkeys'
import { Verdicts, type VerdictsFound } from './verdicts'

const id = (n: number) => `019a0000-0000-7000-8000-00000000000${String(n)}`
const [agent, run, action, approval, dana, tom, passkey] = [id(1), id(2), id(3), id(4), id(5), id(6), id(7)]
const at = new Date('2026-11-21T10:00:00.000Z')
const key = new SoftKey()
const boundary = { version: 3, digest: `sha256:${'b'.repeat(64)}` }
const salt = 'c2FsdHNhbHRzYWx0c2FsdA'
const asked = {
  tool: 'crm.refund',
  arguments: { amount: 12.5, note: 'naïve \u202e 漢字', nested: [{ b: 1, a: null }] },
  resource: { type: 'order', id: 'A-17' },
  requester: { type: 'customer', id: 'C-1' },
}
const whole = { ...asked, agent: publicId('agent', agent), run: publicId('run', run), boundary: boundary.digest }
const digest = digestText(actionDigest(whole, salt))
const edited = { amount: 10 }
const digestOfEdit = digestText(actionDigest({ ...whole, arguments: edited }, salt))
const reason = 'Checked: “naïve”'

type Change = {
  statement?: Record<string, unknown>
  entry?: Partial<Entry>
  asked?: Record<string, unknown>
  payload?: Record<string, unknown>
  by?: SoftKey
  lies?: Lies
  removedAt?: number
  /** the arguments are edited at this place */
  editedAt?: number
  complete?: boolean
}

/** What a passkey answers over the statement of an approval, as the ledger keeps it. */
function keptBy(by: SoftKey, over: Record<string, unknown>, lies: Lies) {
  const said = {
    what: 'approval.answer' as const,
    ...{ subject: approval, digest, answer: 'approve', agent },
    ...{ reason: digestText(sha256(reason)), words: 'I, Dana Whitlock, approve it.' },
  }
  const statement = Object.assign(statementOf(said, dana, at, Buffer.alloc(16, 1)), over)
  const { response } = by.get(challengeOf(statement).toString('base64url'), lies)
  const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  return {
    ...{ statement, passkey, rp_id: 'localhost', origin: 'http://localhost:3000' },
    public_key: by.cose.toString('hex'),
    authenticator_data: hex(response.authenticatorData),
    client_data: hex(response.clientDataJSON),
    signature: hex(response.signature),
  }
}

/** A small log: a passkey is added, an action held, and a verdict given with it; with one thing changed. */
function check(change: Change = {}): VerdictsFound {
  const passkeys = new Passkeys()
  const verdicts = new Verdicts(passkeys, change.complete ?? true)
  const place = (index: number, of: Omit<Entry, 'v' | 'time'>, payload?: unknown) => {
    const placed: Placed = { index, entry: { v: 1, time: at.toISOString(), ...of }, ms: at.getTime() + 1_000 }
    for (const each of [passkeys, verdicts]) {
      each.entry(placed)
      if (payload !== undefined) each.opening({ index, state: 'opened', payload: () => JSON.stringify(payload) })
    }
  }
  const actor = `person:${dana}`
  const added = { id: id(8), kind: 'passkey.added', actor, about: { passkey, person: dana } }
  place(0, added, { public_key: key.cose.toString('hex') })
  if (change.removedAt !== undefined)
    place(change.removedAt, { id: id(9), kind: 'passkey.removed', actor, about: { passkey } })
  place(
    2,
    { id: action, kind: 'action.decided', actor: 'agent', agent, run, outcome: 'hold', boundary },
    { ...asked, requester: { ...asked.requester, proof: 'asserted' }, salt, digest, ...change.asked },
  )
  if (change.editedAt !== undefined)
    place(
      change.editedAt,
      { id: id(9), kind: 'approval.edited', actor, agent, action, about: { approval } },
      { arguments: edited, salt, digest: digestOfEdit, before: digest },
    )
  place(
    5,
    {
      ...{ id: id(8), kind: 'approval.approved', actor, agent, action, outcome: 'approved' },
      about: { approval, passkey },
      ...verdict({}),
      ...change.entry,
    },
    { reason, passkey: keptBy(change.by ?? key, change.statement ?? {}, change.lies ?? {}), ...change.payload },
  )
  return verdicts.found()
}
const verdict = (over: Partial<NonNullable<Entry['verdicts']>[number]>) => ({
  verdicts: [{ person: dana, answer: 'approve', capability: 'analyst', assurance: 'passkey', ...over }],
})

test('a verdict by passkey holds, over the digest computed again from what was asked', () => {
  expect(check()).toMatchObject({ passkey: 1, added: 1, recomputed: 1, unopened: 0, session: 0 })
  expect(check().statements).toEqual([{ index: 5, words: 'I, Dana Whitlock, approve it.', rpId: 'localhost' }])
})

describe('a verdict on edited arguments', () => {
  const statement = { digest: digestOfEdit }
  test('is over the digest computed again from what they were edited to', () => {
    expect(check({ editedAt: 3, statement })).toMatchObject({ passkey: 1, recomputed: 1 })
  })
  test('is refused where it is over what was asked, or over an edit that came after it', () => {
    const differs = expect.objectContaining({ code: 'assertion_differs' }) as Error
    expect(() => check({ editedAt: 3 })).toThrow(differs)
    expect(() => check({ editedAt: 7, statement })).toThrow(differs)
  })
  test('is not compared where an edit may have been left out of the bundle', () => {
    expect(check({ statement, complete: false })).toMatchObject({ passkey: 1, recomputed: 0 })
  })
})

describe('a verdict is refused', () => {
  test.each([
    ['of another person', { entry: { actor: `person:${tom}`, ...verdict({ person: tom }) } }, /who signs/],
    ['that names another in its statement', { statement: { person: tom } }, /who signs/],
    ['of another answer', { entry: { kind: 'approval.rejected', ...verdict({ answer: 'reject' }) } }, /the answer/],
    ['on another digest than was asked', { statement: { digest: `sha256:${'9'.repeat(64)}` } }, /the digest/],
    ['on arguments that are not of that digest', { asked: { arguments: { amount: 13 } } }, /not of that digest/],
    ['on another approval', { statement: { subject: id(9) } }, /the approval/],
    ['on what another agent asked', { statement: { agent: id(9) } }, /the agent/],
    ['with another reason', { payload: { reason: 'Nothing of the kind' } }, /the reason/],
    ['for another purpose', { statement: { what: 'boundary.sign' } }, /what is signed/],
    ['by another passkey than its entry names', { entry: { about: { approval, passkey: id(9) } } }, /the passkey/],
    ['made at another time', { statement: { at: '2026-11-21T09:00:00.000Z' } }, /the time/],
    ['by a key that this person did not add', { by: new SoftKey() }, /its key/],
    ['by a passkey that had been removed', { removedAt: 3 }, /had been removed/],
    ['whose proof is not there', { payload: { passkey: null } }, /not there/],
    ['whose entry names a passkey and its verdict none', { entry: verdict({ assurance: 'none' }) }, /names none/],
  ] satisfies [string, Change, RegExp][])('%s', (_, change, words) => {
    const said = { code: 'assertion_differs', message: expect.stringMatching(words) as string }
    expect(() => check(change)).toThrow(expect.objectContaining(said))
  })

  test.each([
    ['a forged signature', { forged: true }],
    ['another origin', { origin: 'https://evil.example' }],
    ['nobody verified', { unverified: true }],
  ] satisfies [string, Lies][])('with %s', (_, lies) => {
    expect(() => check({ lies })).toThrow(expect.objectContaining({ code: 'assertion_broken' }))
  })
})

test('a verdict in a session is counted, and so are those recorded before there were others', () => {
  const session = { about: { approval }, verdicts: [{ person: dana, answer: 'approve', capability: 'analyst' }] }
  expect(check({ entry: session })).toMatchObject({ passkey: 0, session: 1 })
})

test('a verdict on a test request is held against its entry, too; no digest is there to compute', () => {
  const entry = { kind: 'test_request.answered', action: undefined }
  expect(check({ entry })).toMatchObject({ passkey: 1, recomputed: 0 })
  expect(() => check({ entry, statement: { answer: 'reject' } })).toThrow(
    expect.objectContaining({ code: 'assertion_differs' }),
  )
})
