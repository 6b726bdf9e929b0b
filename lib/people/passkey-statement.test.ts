import { describe, expect, test } from 'vitest'
import { challengeOf, relyingPartyOf, statementOf } from './passkey-statement'

const at = new Date('2026-11-21T07:40:00.000Z')
const said = {
  what: 'boundary.sign',
  subject: null,
  digest: `sha256:${'a'.repeat(64)}`,
  version: 4,
  words: 'I, Ilse…',
} as const
const person = '019a0000-0000-7000-8000-000000000001'

describe('a statement', () => {
  test('has the challenge anybody computes from it: SHA-256 over the RFC 8785 form', () => {
    const statement = statementOf(said, person, at, Buffer.alloc(16, 7))
    expect(challengeOf(statement).toString('hex')).toBe(
      '17cd4ddaaa1894c5616d7be10aa4639252bdc7d9ec18fb46e7684eb9ac008c72',
    )
  })

  test('has another challenge when anything in it is another', () => {
    const nonce = Buffer.alloc(16)
    const one = challengeOf(statementOf(said, person, at, nonce))
    expect(challengeOf(statementOf({ ...said, version: 5 }, person, at, nonce))).not.toEqual(one)
    expect(challengeOf(statementOf({ ...said, words: 'I' }, person, at, nonce))).not.toEqual(one)
    expect(challengeOf(statementOf(said, person, at, Buffer.alloc(16, 1)))).not.toEqual(one)
  })
})

describe('the relying party', () => {
  test.each([
    ['https://countersign.example.com', 'countersign.example.com'],
    ['http://localhost:3000', 'localhost'],
  ])('of %s is %s', (address, id) => {
    expect(relyingPartyOf(address)).toEqual({ id, origin: address })
  })

  test.each(['http://127.0.0.1:3000', 'http://[::1]:3000'])('there is none of %s', (address) => {
    expect(relyingPartyOf(address)).toBeNull()
  })
})
