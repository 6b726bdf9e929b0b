import { describe, expect, it } from 'vitest'
import { LOOK_AGAIN, lookAgainAt, lookAgainDue } from './look-again'

const now = new Date('2026-11-21T14:00:00Z')

describe('when somebody should look again', () => {
  it('is a moment or a span from now, and every choice of the form is one', () => {
    expect(lookAgainAt('4h', now)).toEqual(new Date('2026-11-21T18:00:00Z'))
    expect(lookAgainAt('2026-11-22T09:00:00+01:00', now)).toEqual(new Date('2026-11-22T08:00:00Z'))
    for (const [span] of LOOK_AGAIN) expect(lookAgainAt(span, now)).not.toBeNull()
  })

  it.each(['soon', '', '2026-11-21T13:59:59Z', '0h'])('is never %o', (said) => {
    expect(lookAgainAt(said, now)).toBeNull()
  })

  it('is said when the time came, and again a day after it was said, never sooner', () => {
    const until = new Date('2026-11-21T13:00:00Z')
    expect(lookAgainDue(until, null, new Date('2026-11-21T12:59:59Z'))).toBe(false)
    expect(lookAgainDue(until, null, now)).toBe(true)
    expect(lookAgainDue(until, now, new Date('2026-11-22T13:59:59Z'))).toBe(false)
    expect(lookAgainDue(until, now, new Date('2026-11-22T14:00:00Z'))).toBe(true)
  })
})
