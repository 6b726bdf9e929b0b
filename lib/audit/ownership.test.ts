import { describe, expect, it } from 'vitest'
import { intervalsOf, ownershipAsOf, type OwnershipEvent } from './ownership'

const day = (n: number) => new Date(Date.UTC(2026, 4, n)).toISOString()
const event = (index: number | null, owner: string, at: string, agent = 'a'): OwnershipEvent => ({
  agent,
  kind: index === 0 ? 'agent.registered' : 'agent.handed_over',
  owner,
  at,
  index,
  entry: `ent_${index ?? 'x'}${agent}`,
})
const MAY = { from: day(1), to: day(32) }
const spans = (events: OwnershipEvent[], person: string, period = MAY) =>
  intervalsOf(events, person, period).map(({ began, ended }) => [began.index, ended?.index ?? null])

describe('intervalsOf', () => {
  it('ends where another begins, in the middle of the period', () => {
    const events = [event(0, 'dana', day(2)), event(5, 'yuki', day(10)), event(9, 'dana', day(20))]
    expect(spans(events, 'dana')).toEqual([
      [0, 5],
      [9, null],
    ])
    expect(spans(events, 'yuki')).toEqual([[5, 9]])
  })

  it('leaves out what ended before the period and what began after it, and keeps what spans it', () => {
    const events = [event(0, 'dana', day(-60)), event(5, 'yuki', day(-30)), event(9, 'dana', day(40))]
    expect(spans(events, 'dana')).toEqual([])
    expect(spans(events, 'yuki')).toEqual([[5, 9]])
  })

  it('orders transfers of one millisecond by the log, and gives each its own stretch', () => {
    const at = day(10)
    const events = [event(7, 'noor', at), event(0, 'dana', day(2)), event(6, 'yuki', at), event(5, 'dana', at)]
    expect(spans(events, 'dana')).toEqual([[0, 6]])
    expect(spans(events, 'yuki')).toEqual([[6, 7]])
    expect(spans(events, 'noor')).toEqual([[7, null]])
  })

  it('counts an end on the first moment of the period as touching it, and a beginning on the last as not', () => {
    expect(spans([event(0, 'dana', day(-9)), event(1, 'yuki', MAY.from)], 'dana')).toEqual([[0, 1]])
    expect(spans([event(0, 'dana', MAY.to)], 'dana')).toEqual([])
  })
})

describe('ownershipAsOf', () => {
  it('goes by the place in the log before the clock', () => {
    const events = [event(0, 'dana', day(2)), event(5, 'yuki', day(10)), event(8, 'noor', day(12))]
    const asOf = (index: number | null, at: string) => ownershipAsOf(events, { index, at })
    expect(asOf(4, day(10)).then?.owner).toBe('dana')
    expect(asOf(6, day(10)).then?.owner).toBe('yuki')
    expect(asOf(6, day(10)).since.map(({ owner }) => owner)).toEqual(['noor'])
    expect(asOf(null, day(11)).then?.owner).toBe('yuki')
    expect(asOf(null, day(1)).then).toBeNull()
  })
})
