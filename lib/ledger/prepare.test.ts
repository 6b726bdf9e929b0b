import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { uuidv7 } from '@/lib/core/ids'
import { parseEntry } from '@/lib/ledger/entry'
import { leafHash } from '@/lib/ledger/merkle'
import { unseal } from '@/lib/ledger/payload'
import { prepare, type EntryInput } from '@/lib/ledger/prepare'

const id = uuidv7(Date.UTC(2026, 10, 20), new Uint8Array(10))
const agent = uuidv7(Date.UTC(2026, 10, 19), new Uint8Array(10))
const key = { id: uuidv7(Date.UTC(2026, 10, 18), new Uint8Array(10)), key: createSecretKey(Buffer.alloc(32, 1)) }
const random = { nonce: Buffer.alloc(32, 2), iv: Buffer.alloc(12, 3) }
const facts: EntryInput = { kind: 'action.decided', actor: 'agent', agent, outcome: 'allow' }
const token = `ghp_${'a1B2'.repeat(9)}`

describe('prepare', () => {
  it('an entry without anything to keep apart has no payload and no commitment', () => {
    const prepared = prepare(id, facts, null, random)
    expect(prepared).toMatchObject({ id, payload: null, projection: null, redacted: [] })
    expect(prepared.leaf).toEqual(leafHash(prepared.envelope))
    expect(parseEntry(prepared.envelope)).not.toHaveProperty('commitment')
  })

  it('what is kept apart is sealed under the subject\u2019s key, and the entry keeps only its commitment', () => {
    const payload = { arguments: { to: 'dana@example.com' } }
    const prepared = prepare(id, { ...facts, payload, projection: { requester: 'dana@example.com' } }, key, random)
    const entry = parseEntry(prepared.envelope)
    expect(prepared.envelope.toString()).not.toContain('dana')
    expect(prepared.payload?.subject).toBe(key.id)
    expect(
      unseal(
        id,
        prepared.payload?.ciphertext ?? Buffer.alloc(0),
        entry?.commitment ?? '',
        prepared.projection,
        key.key,
      ),
    ).toEqual({
      ok: true,
      payload,
    })
  })

  it('secrets are out of payload and projection before anything is sealed or shown, and are reported', () => {
    const prepared = prepare(
      id,
      { ...facts, payload: { note: `use ${token}` }, projection: { sentence: `push with ${token}` } },
      key,
      random,
    )
    expect(JSON.stringify(prepared.projection)).not.toContain(token)
    expect(prepared.redacted.map(({ path }) => path)).toEqual(['note', 'sentence'])
    const entry = parseEntry(prepared.envelope)
    const opened = unseal(
      id,
      prepared.payload?.ciphertext ?? Buffer.alloc(0),
      entry?.commitment ?? '',
      prepared.projection,
      key.key,
    )
    expect(JSON.stringify(opened)).not.toContain(token)
  })

  it('a line for lists is cut after its secrets are out, not in the middle of one', () => {
    const sentence = `${'x'.repeat(980)} ${token} tail`
    const prepared = prepare(id, { ...facts, projection: { sentence } }, key, random)
    expect(prepared.projection?.sentence?.length).toBeLessThanOrEqual(1000)
    expect(prepared.projection?.sentence).not.toContain('ghp_')
    expect(prepared.projection?.tool).toBeNull()
  })

  it('a payload without a key is refused, and so are facts of another form', () => {
    expect(() => prepare(id, { ...facts, payload: {} }, null, random)).toThrow(
      expect.objectContaining({ code: 'cannot_record', field: 'payload' }) as Error,
    )
    expect(() => prepare(id, { ...facts, rule: 'said Dana' }, key, random)).toThrow(
      expect.objectContaining({ code: 'cannot_record', field: 'rule' }) as Error,
    )
  })
})
