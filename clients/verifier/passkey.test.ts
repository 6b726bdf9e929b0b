import { describe, expect, test } from 'vitest'
import { canonicalBytes } from '@/lib/core/canonical'
import { challengeOf, statementOf } from '@/lib/people/passkey-statement'
import { SoftKey, type Lies } from '@/lib/people/passkey-testing'
import { assertionFault, canonical, isAssertion, type KeptAssertion } from './passkey'

const said = {
  what: 'boundary.sign',
  subject: '019a0000-0000-7000-8000-000000000002',
  digest: `sha256:${'a'.repeat(64)}`,
  version: 4,
  because: { money: 'ümlaut “quotes” \u{1f511}', a: 'b' },
  words: 'I, Ilse Tamm, put version 4 in force',
} as const
const statement = statementOf(said, '019a0000-0000-7000-8000-000000000001', new Date(0), Buffer.alloc(16, 3))

function kept(key = new SoftKey(), lies: Lies = {}): KeptAssertion {
  const { response } = key.get(challengeOf(statement).toString('base64url'), lies)
  const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  return {
    statement,
    passkey: '019a0000-0000-7000-8000-000000000003',
    rp_id: 'localhost',
    origin: 'http://localhost:3000',
    public_key: key.cose.toString('hex'),
    authenticator_data: hex(response.authenticatorData),
    client_data: hex(response.clientDataJSON),
    signature: hex(response.signature),
  }
}
/** The last byte of a field, another. */
const bent = (one: KeptAssertion, field: 'signature' | 'public_key' | 'client_data'): KeptAssertion => {
  const bytes = Buffer.from(one[field], 'hex')
  bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1)
  return { ...one, [field]: bytes.toString('hex') }
}

describe('a signature by passkey, offline', () => {
  test.each(['ES256', 'EdDSA', 'RS256'] as const)('of %s holds', (algorithm) => {
    const one = kept(new SoftKey(algorithm))
    expect(isAssertion(one)).toBe(true)
    expect(assertionFault(one)).toBeNull()
  })

  test.each([
    ['another statement', { ...kept(), statement: { ...statement, version: 5 } }, 'another_challenge'],
    ['other words', { ...kept(), statement: { ...statement, words: 'I' } }, 'another_challenge'],
    ['another origin', kept(new SoftKey(), { origin: 'https://evil.example' }), 'another_origin'],
    ['an origin of no such relying party', { ...kept(), rp_id: 'evil.example' }, 'another_origin'],
    ['another relying party', kept(new SoftKey(), { rpId: 'evil.example' }), 'another_relying_party'],
    ['no user verification', kept(new SoftKey(), { unverified: true }), 'user_not_verified'],
    ['a signature over something else', kept(new SoftKey(), { forged: true }), 'bad_signature'],
    ['a bent signature', bent(kept(), 'signature'), 'bad_signature'],
    ['another key', { ...kept(), public_key: new SoftKey().cose.toString('hex') }, 'bad_signature'],
    ['a key that is none', { ...kept(), public_key: 'a0' }, 'unknown_algorithm'],
    ['a key with bytes behind it', { ...kept(), public_key: `${kept().public_key}00` }, 'unknown_algorithm'],
    ['data that is cut', { ...kept(), authenticator_data: '00' }, 'unreadable'],
  ] as const)('%s is refused', (_, one, fault) => {
    expect(assertionFault(one)).toBe(fault)
  })

  test('the registration of a passkey is no signature', () => {
    const key = new SoftKey()
    const { response } = key.create(challengeOf(statement).toString('base64url'))
    const client = Buffer.from(response.clientDataJSON, 'base64url').toString('hex')
    expect(assertionFault({ ...kept(key), client_data: client })).toBe('another_purpose')
  })

  test('the verifier’s canonical form is the ledger’s', () => {
    const value = { b: [1, { z: null, a: true }], é: '\u{1f511}"\\\n', '\u{10000}': -7, '\ue000': 'x' }
    expect(canonical(value)).toBe(canonicalBytes(value).toString('utf8'))
    expect(canonical(statement)).toBe(canonicalBytes(statement).toString('utf8'))
  })
})
