import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ENTRY_KINDS } from '@/lib/ledger/entry-kinds'
import { failureOf } from './failure'
import { retryAfterOf } from './post'
import { barred } from './reach'
import { openSecret, sealSecret, signingSecrets } from './secret'
import {
  lagOf,
  readKinds,
  retryDelay,
  streamCan,
  STREAM_ACTS,
  STREAM_STATES,
  writeKinds,
  type StreamAct,
} from './stream'

describe('the wait before a retry', () => {
  test('doubles to five minutes, half of it jitter', () => {
    for (let attempts = 1; attempts < 60; attempts++) {
      const longest = Math.min(1_000 * 2 ** (attempts - 1), 300_000)
      expect(retryDelay(attempts, null, 0)).toBe(longest / 2)
      expect(retryDelay(attempts, null, 1)).toBe(longest)
    }
  })

  test('is never shorter than the receiver asked for, and never longer than an hour', () => {
    expect(retryDelay(1, 90_000, 0.5)).toBe(90_000)
    expect(retryDelay(20, 1_000, 1)).toBe(300_000)
    expect(retryDelay(1, 10 ** 12, 0)).toBe(3_600_000)
  })

  test.each([
    ['120', 120_000],
    ['0', 0],
    ['Fri, 20 Nov 2026 14:02:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 13:00:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('reads Retry-After: %s', (value, ms) => {
    expect(retryAfterOf(value, Date.parse('2026-11-20T14:01:00Z'))).toBe(ms)
  })
})

describe('what a person may do', () => {
  test('to a removed stream is nothing', () => {
    for (const act of Object.keys(STREAM_ACTS) as StreamAct[]) expect(streamCan(act, 'removed')).toBe(false)
  })

  test('is at least to remove it, in every living state', () => {
    for (const state of STREAM_STATES.filter((one) => one !== 'removed')) expect(streamCan('remove', state)).toBe(true)
  })
})

describe('the lag', () => {
  const now = new Date('2026-11-20T14:00:00Z')
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)

  test('counts entries, and the seconds the oldest has waited since the stream was told to send it', () => {
    expect(lagOf(100, 90, ago(60), ago(900), now)).toEqual({ entries: 10, seconds: 60 })
    // a stream that was just told to begin at the beginning is not a year behind
    expect(lagOf(100, 0, ago(31_536_000), ago(5), now)).toEqual({ entries: 100, seconds: 5 })
    expect(lagOf(100, 100, null, ago(5), now)).toEqual({ entries: 0, seconds: 0 })
  })
})

describe('a filter of kinds', () => {
  test('is all when nothing is said, and reads nouns', () => {
    expect(readKinds(' \n')).toEqual({ kinds: null })
    const halts = readKinds('halt.*, action.decided')
    expect('kinds' in halts && halts.kinds).toEqual(
      ENTRY_KINDS.filter((kind) => kind.startsWith('halt.') || kind === 'action.decided'),
    )
  })

  test.each(['halts.*', '*', 'action', 'action.', 'action.decided.x', 'ACTION.decided', '.*', 'act*'])(
    'names the word %s, which is none',
    (word) => {
      expect(readKinds(`halt.* ${word}`)).toEqual({ unknown: word })
    },
  )

  test('is written as it would be read, whichever kinds it holds', () => {
    for (let seed = 1; seed < 200; seed++) {
      const kinds = ENTRY_KINDS.filter((_, n) => (seed * (n + 7) * 2_654_435_761) % 11 < 5)
      const read = readKinds(writeKinds(kinds))
      expect('kinds' in read && (read.kinds ?? [])).toEqual(kinds)
    }
  })
})

describe('a secret at rest', () => {
  const [key, other] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))]
  const id = '019a0000-0000-7000-8000-00000000000a'
  const sealed = sealSecret(id, { current: 'whsec_abc' }, key, randomBytes(12))

  test('opens with its key for its stream, and for nobody else', () => {
    expect(openSecret(id, sealed, key)).toEqual({ current: 'whsec_abc' })
    expect(openSecret(id, sealed, other)).toBeNull()
    expect(openSecret(id.replace('a', 'b'), sealed, key)).toBeNull()
    expect(sealed.toString('latin1')).not.toContain('abc')
  })

  test('opens no more once any byte is another, or it was cut', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(openSecret(id, changed, key)).toBeNull()
      expect(openSecret(id, sealed.subarray(0, at), key)).toBeNull()
    }
  })

  test('signs with the old one beside the new until its day is over', () => {
    const secret = { current: 'new', previous: { value: 'old', until: '2026-11-20T14:00:00Z' } }
    expect(signingSecrets(secret, new Date('2026-11-20T13:59:59Z'))).toEqual(['new', 'old'])
    expect(signingSecrets(secret, new Date('2026-11-20T14:00:00Z'))).toEqual(['new'])
  })
})

describe('an address a stream may connect to', () => {
  const allowed = { private: true, plain: false, port: 443, ownPorts: new Set([3000, 5432]) }

  test('is private by choice alone, and unencrypted in private alone', () => {
    expect(barred('10.0.0.1', { ...allowed, private: false })?.message).toMatch(/private/)
    expect(barred('10.0.0.1', { ...allowed, plain: true })).toBeUndefined()
    expect(barred('1.1.1.1', { ...allowed, plain: true })).toMatchObject({ code: 'plain' })
    expect(barred('1.1.1.1', { ...allowed, private: false })).toBeUndefined()
    expect(barred('169.254.169.254', allowed)).toMatchObject({ code: 'address' })
  })

  test('is not ours, nor our database’s, by whatever address of this machine', () => {
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '10.1.2.3'])
      expect(barred(address, { ...allowed, port: 3000 }, ['10.1.2.3'])).toMatchObject({ code: 'address' })
    expect(barred('10.1.2.4', { ...allowed, port: 3000 }, ['10.1.2.3'])).toBeUndefined()
    expect(barred('127.0.0.1', { ...allowed, port: 3001 }, [])).toBeUndefined()
  })
})

describe('a thrown error', () => {
  test.each([
    ['ENOTFOUND', 'dns'],
    ['ECONNREFUSED', 'connect'],
    ['ECONNRESET', 'broken'],
    ['ETIMEDOUT', 'timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['unclosed', 'unclosed'],
    ['address', 'address'],
    ['HPE_INVALID_CONSTANT', 'broken'],
    ['EWHATEVER', 'internal'],
  ])('%s is the failure %s', (code, failure) => {
    expect(failureOf(Object.assign(new Error('x'), { code }))).toMatchObject({ ok: false, code: failure })
  })

  test('of several addresses is what the first said', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
    expect(failureOf(new AggregateError([refused]))).toMatchObject({ code: 'connect' })
    expect(failureOf('nothing')).toMatchObject({ code: 'internal' })
  })
})
