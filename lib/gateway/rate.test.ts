import { describe, expect, it } from 'vitest'
import { RateLimit } from './rate'

describe('the rate limit', () => {
  it('lets a burst through, then one request for each moment, and says when to come again', () => {
    const limit = new RateLimit(10, 3)
    for (let i = 0; i < 3; i++) limit.take('a', 0)
    expect(() => limit.take('a', 0)).toThrow(
      expect.objectContaining({ code: 'too_many_requests', retryAfterSeconds: 0.1 }),
    )
    limit.take('a', 100)
    expect(() => limit.take('a', 100)).toThrow()
  })

  it('keeps agents apart', () => {
    const limit = new RateLimit(1, 1)
    limit.take('a', 0)
    limit.take('b', 0)
    expect(() => limit.take('a', 0)).toThrow()
  })

  it('never gives more than a burst, however long an agent was silent or however far a clock jumps back', () => {
    const limit = new RateLimit(10, 2)
    limit.take('a', 0)
    limit.take('a', 1e9)
    limit.take('a', 1e9)
    expect(() => limit.take('a', 1e9)).toThrow()
    expect(() => limit.take('a', 0)).toThrow()
  })
})
