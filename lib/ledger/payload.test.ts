import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, chmodSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ledgerKeys, openLedgerKeys, wrappingKeyId } from '@/lib/ledger/keys'
import { keyedHash, seal, unseal, unwrapKey, wrapKey, type Projection } from '@/lib/ledger/payload'

const key = createSecretKey(Buffer.alloc(32, 1))
const random = { nonce: Buffer.alloc(32, 2), iv: Buffer.alloc(12, 3) }
const id = '019a0000-0000-7000-8000-000000000001'
const other = '019a0000-0000-7000-8000-000000000002'
const payload = { arguments: { order: 'A-17', note: 'für Dana' }, output: null }
const projection: Projection = { tool: 'crm.refund', requester: 'dana@example.com', requester_proof: 'asserted' }

describe('a sealed payload', () => {
  const { ciphertext, commitment } = seal(id, payload, projection, key, random)

  it('opens with its key, its entry and its projection', () => {
    expect(unseal(id, ciphertext, commitment, projection, key)).toEqual({ ok: true, payload })
    expect(ciphertext.includes('Dana')).toBe(false)
  })

  it('of nothing opens as null', () => {
    const sealed = seal(id, undefined, null, key, random)
    expect(unseal(id, sealed.ciphertext, sealed.commitment, null, key)).toEqual({ ok: true, payload: null })
  })

  it('does not open with another key, for another entry, or with one bit changed anywhere', () => {
    const refused = { ok: false, reason: 'cannot_decrypt' }
    expect(unseal(id, ciphertext, commitment, projection, createSecretKey(Buffer.alloc(32, 9)))).toEqual(refused)
    expect(unseal(other, ciphertext, commitment, projection, key)).toEqual(refused)
    expect(unseal(id, Buffer.alloc(10), commitment, projection, key)).toEqual(refused)
    for (let at = 0; at < ciphertext.length; at += 1) {
      const changed = Buffer.from(ciphertext)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(unseal(id, changed, commitment, projection, key)).toEqual(refused)
    }
  })

  it('that was replaced by another under the same key is told by the commitment', () => {
    const forged = seal(id, { arguments: { order: 'A-18' } }, projection, key, {
      nonce: randomBytes(32),
      iv: randomBytes(12),
    })
    expect(unseal(id, forged.ciphertext, commitment, projection, key)).toEqual({
      ok: false,
      reason: 'other_commitment',
    })
    expect(unseal(id, ciphertext, '', projection, key)).toEqual({ ok: false, reason: 'other_commitment' })
  })

  it('tells when what people read beside it was changed or taken away', () => {
    const refused = { ok: false, reason: 'other_projection' }
    expect(unseal(id, ciphertext, commitment, { ...projection, requester: 'eve@example.com' }, key)).toEqual(refused)
    expect(unseal(id, ciphertext, commitment, { ...projection, sentence: '' }, key)).toEqual(refused)
    expect(unseal(id, ciphertext, commitment, null, key)).toEqual(refused)
  })
})

describe('a wrapped key', () => {
  it('comes back for its own id under its own wrapping key alone', () => {
    const wrapping = createSecretKey(Buffer.alloc(32, 4))
    const wrapped = wrapKey(id, key, wrapping, Buffer.alloc(12, 5))
    expect(unwrapKey(id, wrapped, wrapping)?.export()).toEqual(key.export())
    expect(unwrapKey(other, wrapped, wrapping)).toBeNull()
    expect(unwrapKey(id, wrapped, key)).toBeNull()
  })
})

describe('keyed hashes', () => {
  it('differ by key, by purpose and by value', () => {
    const one = keyedHash(key, 'subject', 'dana')
    const two = createSecretKey(Buffer.alloc(32, 6))
    expect([
      keyedHash(two, 'subject', 'dana'),
      keyedHash(key, 'sameness', 'dana'),
      keyedHash(key, 'subject', 'eve'),
    ]).not.toContainEqual(one)
    expect(keyedHash(key, 'subject', Buffer.from('dana'))).toEqual(one)
  })
})

describe('the ledger\u2019s keys', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-keys-'))
  const keys = path.join(folder, 'keys')

  it('are made once, each apart, for their user alone', () => {
    const first = openLedgerKeys(keys)
    const second = openLedgerKeys(keys)
    for (const name of ['checkpoint', 'receipt', 'payload', 'commitment'] as const) {
      expect(second[name].equals(first[name])).toBe(true)
      expect(statSync(path.join(keys, `ledger-${name}.key`)).mode & 0o777).toBe(0o600)
    }
    expect(readdirSync(keys).length).toBe(4)
    expect(first.payload.equals(first.commitment)).toBe(false)
    expect(wrappingKeyId(first.payload)).toMatch(/^[0-9a-f]{16}$/)
  })

  it('come from the environment where it names them', () => {
    const seed = Buffer.alloc(32, 7)
    const opened = openLedgerKeys(keys, { COUNTERSIGN_PAYLOAD_KEY: seed.toString('base64') })
    const expected = ledgerKeys({ checkpoint: seed, receipt: seed, payload: seed, commitment: seed })
    expect(opened.payload.equals(expected.payload)).toBe(true)
    expect(opened.checkpoint.equals(expected.checkpoint)).toBe(false)
    expect(() => openLedgerKeys(keys, { COUNTERSIGN_PAYLOAD_KEY: 'short' })).toThrow(
      /COUNTERSIGN_PAYLOAD_KEY is not a key/,
    )
  })

  it('that others can read, or that are damaged, stop the start', () => {
    const file = path.join(keys, 'ledger-receipt.key')
    chmodSync(file, 0o644)
    expect(() => openLedgerKeys(keys)).toThrow(/can be read by others/)
    chmodSync(file, 0o600)
    writeFileSync(file, 'damaged')
    expect(() => openLedgerKeys(keys)).toThrow(/is not a key of 32 bytes/)
    rmSync(folder, { recursive: true })
  })
})
