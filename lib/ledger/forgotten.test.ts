import { describe, expect, it } from 'vitest'
import { uuidv7 } from '@/lib/core/ids'
import type { Entry } from '@/lib/ledger/entry'
import { encodeEntry, parseEntry } from '@/lib/ledger/entry'
import { forgottenBy, isForgotten } from '@/lib/ledger/forgotten'
import { payloadClass } from '@/lib/ledger/payload-class'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 21)
const idAt = (at: number) => uuidv7(at, Buffer.alloc(10, 7))
const made = (at: number, more: Partial<Entry> = {}): Entry => ({
  v: 1,
  id: idAt(at),
  time: new Date(at).toISOString(),
  kind: 'action.decided',
  actor: 'agent',
  agent: idAt(0),
  class: { access: 'read' },
  ...more,
})
const applied = (from: number, until: number, said = NOW): Entry =>
  made(said, {
    kind: 'retention.applied',
    actor: 'system',
    retention: {
      class: 'read_actions',
      count: 3,
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
    },
  })

describe('what was forgotten on purpose', () => {
  const forgotten = forgottenBy([applied(NOW - 90 * DAY, NOW - 30 * DAY)])

  it('is a payload of a class, from a moment up to but not at another', () => {
    expect(isForgotten(forgotten, made(NOW - 90 * DAY), null)).toBe(true)
    expect(isForgotten(forgotten, made(NOW - 30 * DAY - 1), null)).toBe(true)
    expect(isForgotten(forgotten, made(NOW - 30 * DAY), null)).toBe(false)
    expect(isForgotten(forgotten, made(NOW - 90 * DAY - 1), null)).toBe(false)
  })

  it('is not one of another class, nor one that is there and does not open', () => {
    expect(isForgotten(forgotten, made(NOW - 60 * DAY, { class: { access: 'write' } }), null)).toBe(false)
    expect(isForgotten(forgotten, made(NOW - 60 * DAY), idAt(1))).toBe(false)
  })

  it('never is what came after the entry that says so', () => {
    const early = forgottenBy([applied(NOW - 90 * DAY, NOW + 90 * DAY)])
    expect(isForgotten(early, made(NOW + DAY), null)).toBe(false)
  })

  it('is everything under a key that an entry names, and one payload that an entry names', () => {
    const [key, one] = [idAt(1), made(NOW - DAY)]
    const erased = forgottenBy([
      made(NOW, { kind: 'payload.erased', about: { subject: key } }),
      made(NOW, { kind: 'payload.erased', about: { entry: one.id } }),
      null,
    ])
    expect(isForgotten(erased, made(NOW - 5 * DAY), key)).toBe(true)
    expect(isForgotten(erased, made(NOW - 5 * DAY), idAt(2))).toBe(false)
    expect(isForgotten(erased, one, null)).toBe(true)
    expect(isForgotten(erased, made(NOW - 5 * DAY), null)).toBe(false)
  })
})

describe('an entry that says what expired', () => {
  const { v: _, time: __, ...facts } = applied(NOW - 90 * DAY, NOW - 30 * DAY)

  it('reads back as it was written', () => {
    const bytes = encodeEntry(facts)
    expect(parseEntry(bytes)?.retention).toEqual(facts.retention)
  })

  it('is refused without a range, with another form of time, and on any other kind', () => {
    expect(() => encodeEntry({ ...facts, retention: null })).toThrow()
    expect(() => encodeEntry({ ...facts, kind: 'team.created' })).toThrow()
    expect(() =>
      encodeEntry({ ...facts, retention: { class: 'read_actions', count: 1, from: '2026', until: '2027' } }),
    ).toThrow()
  })
})

it('a payload’s class is that of its kind, and of its tool where it is an action', () => {
  expect(payloadClass({ kind: 'action.decided', class: { access: 'read' } })).toBe('read_actions')
  expect(payloadClass({ kind: 'action.decided' })).toBe('write_actions')
  expect(payloadClass({ kind: 'approval.voted' })).toBe('answers')
  expect(payloadClass({ kind: 'boundary.signed' })).toBe('administration')
})
