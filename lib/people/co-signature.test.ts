import { describe, expect, it } from 'vitest'
import { needsCosignature } from './co-signature'

describe('what waits for a ciso', () => {
  const ciso = { roles: ['ciso'] as const }
  const analyst = { roles: ['analyst'] as const }
  it.each([
    ['making the first ciso', 'grant_ciso', analyst, false, false],
    ['making another ciso', 'grant_ciso', analyst, true, true],
    ['taking the role', 'revoke_ciso', ciso, true, true],
    ['resetting a ciso', 'reset', ciso, true, true],
    ['resetting an analyst', 'reset', analyst, true, false],
    ['deactivating a ciso', 'deactivate', ciso, true, true],
    ['deactivating an analyst', 'deactivate', analyst, true, false],
  ] as const)('%s', (_name, change, target, cisoEver, waits) => {
    expect(needsCosignature(change, target, cisoEver)).toBe(waits)
  })
})
