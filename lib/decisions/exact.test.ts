import { describe, expect, it } from 'vitest'
import { sha256 } from '@/lib/core/canonical'
import { actionDigest } from './digest'
import { exactBytes, exactOf } from './exact'

const origin = { agentId: '019a9f3c-0000-7000-8000-000000000001', runId: null, boundary: `sha256:${'0'.repeat(64)}` }
const payload = {
  tool: 'crm.refund',
  arguments: { b: 1, a: ['\u202e'] },
  resource: { type: 'order', id: 'A-1' },
  requester: { type: 'user', id: 'dana', proof: 'asserted' },
  salt: 'c2FsdHNhbHRzYWx0c2E',
}
const digest = actionDigest(
  {
    agent: 'agt_019a9f3c000070008000000000000001',
    tool: payload.tool,
    arguments: payload.arguments,
    resource: payload.resource,
    requester: { type: 'user', id: 'dana' },
    run: null,
    boundary: origin.boundary,
  },
  payload.salt,
)

describe('the exact bytes', () => {
  it('are those whose SHA-256 is the digest of the action', () => {
    expect(sha256(exactBytes(payload, origin) ?? '')).toEqual(digest)
    expect(exactOf(payload, origin, digest)).toMatchObject({ matches: true, salt: payload.salt })
  })

  it('say so where what is stored is not what was asked', () => {
    expect(exactOf({ ...payload, arguments: { b: 2 } }, origin, digest)?.matches).toBe(false)
    expect(exactOf(payload, { ...origin, boundary: null }, digest)?.matches).toBe(false)
  })

  it('are not put on a page where they are large, and are none where nothing was opened', () => {
    const large = { ...payload, arguments: { text: 'x'.repeat(60_000) } }
    expect(exactOf(large, origin, digest)).toMatchObject({ text: null })
    expect(exactOf(large, origin, digest)?.bytes).toBeGreaterThan(60_000)
    for (const nothing of [null, undefined, {}, { tool: 'x' }]) expect(exactOf(nothing, origin, digest)).toBeNull()
  })
})
