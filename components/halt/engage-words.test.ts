import { describe, expect, it } from 'vitest'
import { asksOnceMore, consequences } from './engage-words'

const reach = {
  ...{ agents: 14, runs: 6, held: 3, grants: 2 },
  grades: [
    { grade: 'structural', agents: 9 },
    { grade: 'hook', agents: 3 },
    { grade: null, agents: 2 },
  ],
} as const

describe('what stands before the red button', () => {
  it('is one question more for everything, and for whatever stops half of several agents', () => {
    expect(asksOnceMore('organisation', 1, 1)).toBe(true)
    expect(asksOnceMore('environment', 5, 10)).toBe(true)
    expect(asksOnceMore('environment', 4, 10)).toBe(false)
    expect(asksOnceMore('agent', 1, 1)).toBe(false)
    expect(asksOnceMore('tool', 0, 40)).toBe(false)
  })

  it('is three lines with counts, and how many would only be asked', () => {
    const lines = consequences('team', reach)
    expect(lines.map(([count]) => count)).toEqual(['14 agents', '6 runs', '3 approvals'])
    expect(lines[0]?.[1]).toBe(
      'are allowed nothing new: 9 cannot go on; 3 are told no by their harness, which has to keep to it; 2 would only be asked to stop.',
    )
    expect(lines[1]?.[1]).toContain('2 unused grants are dead')
  })

  it('never says of a tool that agents stop', () => {
    const lines = consequences('tool', { ...reach, agents: 0, grades: [] })
    expect(lines.map(([count]) => count)).toEqual(['0 agents', '2 grants', '3 approvals'])
    expect(lines[0]?.[1]).toBe('stop: they go on with the rest. No call of it is allowed.')
  })
})
