import { describe, expect, it } from 'vitest'
import {
  AHEAD_SECONDS,
  CONTAINING,
  isHeardAt,
  OLDEST_SECONDS,
  readSecurityEvent,
  subjectsOf,
  VERIFICATION,
} from './security-event'

const [revoked = ''] = Object.keys(CONTAINING)
const yuki = { format: 'email', email: ' Yuki@Example.com ' }

describe('a security event', () => {
  it.each(Object.entries(CONTAINING))('%s is about its subject', (uri, kind) => {
    expect(readSecurityEvent({ sub_id: yuki, events: { [uri]: {} } })).toEqual({
      kind,
      subjects: [{ email: 'yuki@example.com' }],
    })
  })

  it('has its subject within it where the provider is older', () => {
    expect(readSecurityEvent({ events: { [revoked]: { subject: yuki } } })?.subjects).toHaveLength(1)
  })

  it('of a type we do not know is ignored, and a verification contains nobody', () => {
    expect(readSecurityEvent({ sub_id: yuki, events: { 'https://example.com/other': {} } })).toEqual({
      kind: 'ignored',
      subjects: [],
    })
    expect(readSecurityEvent({ sub_id: yuki, events: { [VERIFICATION]: { state: 'x' } } })?.kind).toBe('verification')
  })

  it.each([undefined, null, {}, [], 'x', 7])('that says %j says nothing', (events) => {
    expect(readSecurityEvent({ events })).toBeNull()
  })
})

describe('a subject', () => {
  it.each([
    [{ format: 'iss_sub', iss: 'https://idp', sub: '7' }, [{ iss: 'https://idp', sub: '7' }]],
    [{ format: 'complex', user: yuki, device: { format: 'opaque', id: 'd' } }, [{ email: 'yuki@example.com' }]],
    [{ format: 'complex', tenant: yuki }, []],
    [
      { format: 'aliases', identifiers: [yuki, { format: 'iss_sub', iss: 'i', sub: 's' }] },
      [{ email: 'yuki@example.com' }, { iss: 'i', sub: 's' }],
    ],
    [{ format: 'aliases', identifiers: [{ format: 'aliases', identifiers: [yuki] }] }, []],
    [{ format: 'opaque', id: 'yuki@example.com' }, []],
    [{ format: 'email' }, []],
    [{ email: 'yuki@example.com' }, []],
    [null, []],
    ['yuki@example.com', []],
  ])('%j', (subject, found) => {
    expect(subjectsOf(subject)).toEqual(found)
  })
})

it('is heard for a day, and not from a clock that is a minute ahead', () => {
  const now = new Date(1_800_000_000_000)
  const at = (seconds: number) => isHeardAt(1_800_000_000 + seconds, now)
  expect([at(0), at(-OLDEST_SECONDS), at(AHEAD_SECONDS)]).toEqual([true, true, true])
  expect([at(-OLDEST_SECONDS - 1), at(AHEAD_SECONDS + 1)]).toEqual([false, false])
})
