import { describe, expect, it } from 'vitest'
import { effectsOf } from './effects'

describe('what approving leads to', () => {
  it('says what the class says, the gravest first', () => {
    expect(
      effectsOf({ access: 'write', reversible: false, audience: 'customer', production: true, spends: true }),
    ).toEqual(['It touches production.', 'It spends money.', 'A customer sees it.', 'It can’t be undone.'])
    expect(
      effectsOf({ access: 'read', reversible: true, audience: 'internal', production: false, spends: false }),
    ).toEqual(['It reads, and changes nothing.'])
  })

  it('promises nothing of a tool nobody classed', () => {
    expect(effectsOf(null)).toHaveLength(1)
  })
})
