import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { actionDigest, deedBytes, samenessBytes, type Digested } from './digest'

const action: Digested = {
  agent: 'agt_1',
  tool: 'crm.refund_request',
  arguments: { order: 'A-17', amount: 120 },
  resource: { type: 'order', id: 'A-17' },
  requester: { type: 'user', id: 'dana@example.com' },
  run: 'run_1',
  boundary: 'sha256:00',
}

describe('the digest of an action', () => {
  it('is SHA-256 over canonical JSON, so that anybody with the salt can recompute it', () => {
    const written =
      '{"agent":"agt_1","arguments":{"amount":120,"order":"A-17"},"boundary":"sha256:00","requester":{"id":"dana@example.com","type":"user"},' +
      '"resource":{"id":"A-17","type":"order"},"run":"run_1","salt":"c2FsdA","tool":"crm.refund_request","v":1}'
    expect(actionDigest(action, 'c2FsdA')).toEqual(createHash('sha256').update(written).digest())
  })

  it('does not depend on the order of keys', () => {
    expect(actionDigest({ ...action, arguments: { amount: 120, order: 'A-17' } }, 's')).toEqual(
      actionDigest(action, 's'),
    )
  })

  it.each<[string, Partial<Digested>]>([
    ['agent', { agent: 'agt_2' }],
    ['tool', { tool: 'crm.refund' }],
    ['argument', { arguments: { order: 'A-17', amount: 1200 } }],
    ['type of an argument', { arguments: { order: 'A-17', amount: '120' } }],
    ['resource', { resource: null }],
    ['requester', { requester: { type: 'user', id: 'bram@example.com' } }],
    ['run', { run: null }],
    ['boundary', { boundary: 'sha256:01' }],
  ])('another %s is another digest', (_, other) => {
    expect(actionDigest({ ...action, ...other }, 's')).not.toEqual(actionDigest(action, 's'))
  })

  it('another salt is another digest, and sameness knows neither salt nor run', () => {
    expect(actionDigest(action, 's')).not.toEqual(actionDigest(action, 't'))
    expect(samenessBytes({ ...action, run: 'run_2' }, [], [], null)).toEqual(samenessBytes(action, [], [], null))
    expect(samenessBytes({ ...action, arguments: {} }, [], [], null)).not.toEqual(samenessBytes(action, [], [], null))
    expect(samenessBytes(action, [], [{ code: 'never', rule: null }], null)).not.toEqual(
      samenessBytes(action, [], [], null),
    )
    expect(samenessBytes(action, [], [], 'sha256:02')).not.toEqual(samenessBytes(action, [], [], null))
    expect(deedBytes({ ...action, boundary: null })).toEqual(deedBytes(action))
    expect(deedBytes({ ...action, arguments: {} })).not.toEqual(deedBytes(action))
    expect(samenessBytes(action, ['mail:1'], [], null)).not.toEqual(samenessBytes(action, [], [], null))
  })
})
