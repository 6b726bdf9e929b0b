import { describe, expect, it } from 'vitest'
import { hashSecret, looksLikeSecret, makeSecret } from './one-time'

describe('a secret that is shown once', () => {
  it('has 256 bits, its prefix, and a hash it is found by', () => {
    const { secret, hash } = makeSecret('cst_', new Uint8Array(32).fill(7))
    expect(secret).toMatch(/^cst_[A-Za-z0-9_-]{43}$/)
    expect(hash).toEqual(hashSecret(secret))
    expect(hash).toHaveLength(32)
  })

  it.each(['', 'cst_', 'cst_short', 'abc', `cst_${'a'.repeat(44)}`, `cst_${'a'.repeat(42)}!`])(
    '%j is refused before the database is asked',
    (text) => {
      expect(looksLikeSecret(text, 'cst_')).toBe(false)
    },
  )
})
