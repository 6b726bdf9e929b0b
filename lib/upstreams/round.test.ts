import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keptOf, openRound, readAskedBack, roundNamed, sealRound } from './round'

const ask = { method: 'elicitation/create', params: { message: 'Which?' } }
const asks = (over: object) => ({ resultType: 'input_required', ...over })

describe('a result', () => {
  it('that is complete asks nothing', () => {
    expect(readAskedBack({ content: [] })).toBeNull()
    expect(readAskedBack({ resultType: 'complete', inputRequests: 7 })).toBeNull()
  })

  it('that asks is read as what the protocol has of it, and nothing beside that', () => {
    expect(readAskedBack(asks({ inputRequests: { a: { ...ask, more: 1 }, b: { method: 'roots/list' } } }))).toEqual({
      requests: { a: ask, b: { method: 'roots/list' } },
      state: null,
      kinds: ['elicitation', 'roots'],
    })
    expect(readAskedBack(asks({ requestState: 's' }))).toEqual({ requests: null, state: 's', kinds: ['state_only'] })
  })

  it.each([
    ['nothing at all', {}, 'upstream_malformed'],
    ['a list', { inputRequests: [] }, 'upstream_malformed'],
    ['a question without a method', { inputRequests: { a: {} } }, 'upstream_malformed'],
    ['a method of an object’s prototype', { inputRequests: { a: { method: 'constructor' } } }, 'upstream_malformed'],
    ['parameters that are none', { inputRequests: { a: { ...ask, params: [] } } }, 'upstream_malformed'],
    ['a state that is no text', { requestState: 1 }, 'upstream_malformed'],
    ['a state that is too long', { requestState: 'x'.repeat(65_537) }, 'upstream_too_large'],
  ])('that asks what the protocol does not have is none: %s', (_, over, upstream) => {
    expect(() => readAskedBack(asks(over))).toThrow(expect.objectContaining({ upstream }) as Error)
  })
})

describe('what a client keeps of a round', () => {
  const key = createSecretKey(Buffer.alloc(32, 1))
  const id = '019a0000-0000-7000-8000-000000000001'
  const round = { id, agentId: 'a', upstreamId: 'u' }
  const kept = { state: 'of the server’s', asked: { a: ask }, edited: null }
  const state = sealRound(round, kept, key, Buffer.alloc(12, 2))

  it('names its round, and is opened for the agent, the upstream and the round it was sealed for alone', () => {
    expect(roundNamed(state)).toBe(id)
    expect(openRound(round, state, key)).toEqual(kept)
    expect(openRound({ ...round, agentId: 'b' }, state, key)).toBeNull()
    expect(openRound({ ...round, upstreamId: 'b' }, state, key)).toBeNull()
    expect(openRound({ ...round, id: id.replace(/1$/, '2') }, state, key)).toBeNull()
    expect(openRound(round, state, createSecretKey(Buffer.alloc(32, 3)))).toBeNull()
  })

  it('is opened in one spelling only', () => {
    for (const other of [`${state}A`, `${state}=`, `${state}.`, `${state} `, state.replace('.', '..')])
      expect(openRound(round, other, key), other).toBeNull()
  })

  it('names no round where it is none', () => {
    for (const none of ['', 'csr_', `csr_${'0'.repeat(32)}`, `csr_${'g'.repeat(32)}.A`, ` ${state}`])
      expect(roundNamed(none), none).toBeNull()
  })

  it('says how large a question was that is not kept', () => {
    expect(keptOf({ a: ask })).toEqual({ a: ask })
    expect(keptOf(null)).toBeNull()
    expect(keptOf({ a: 'x'.repeat(70_000) })).toMatchObject({ chars: 70_008 })
  })
})
