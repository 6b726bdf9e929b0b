import { describe, expect, it } from 'vitest'
import { uuidv7 } from '@/lib/core/ids'
import { countNow, counts, firingReason, namesTool, tallied, usedTool, type Tally, type Watchable } from './watch'

const MIN = 60_000
const START = Date.parse('2026-11-21T08:00:00Z')

function entry(minute: number, over: Partial<Watchable> = {}): Watchable {
  const id = uuidv7(START + minute * MIN, new Uint8Array(10).fill(Math.round(minute * 10) % 256))
  return {
    kind: 'action.decided',
    outcome: 'forbid',
    reason: 'never',
    tool: null,
    index: Math.round(minute * 10),
    id,
    ...over,
  }
}

/** The minutes at which a rule fires, given the minutes of what it counts. */
function firings(rule: { count: number; within: number }, minutes: readonly number[]): number[] {
  let tally: Tally = []
  return minutes.filter((minute) => {
    const next = tallied(rule, tally, entry(minute))
    tally = next.tally
    expect(tally.length).toBeLessThan(rule.count)
    return next.fired !== null
  })
}

describe('counting within a window', () => {
  const rule = { count: 3, within: 10 * MIN }

  it('fires with the entry that completes the number within the window, to the millisecond', () => {
    expect(firings(rule, [0, 5, 10])).toEqual([10])
    expect(firings(rule, [0, 5, 10.1])).toEqual([])
  })

  it('lets go of what has left the window', () => {
    expect(firings(rule, [0, 5, 11, 14])).toEqual([14])
  })

  it('begins anew once it fired', () => {
    expect(firings(rule, [0, 1, 2, 3, 4, 5])).toEqual([2, 5])
  })

  it('fires at once where one is enough', () => {
    expect(firings({ count: 1, within: MIN }, [0, 1])).toEqual([0, 1])
  })

  it('counts an entry once, however often it is read', () => {
    const first = tallied(rule, [], entry(1))
    expect(tallied(rule, first.tally, entry(1))).toEqual({ tally: first.tally, fired: null })
  })

  it('says which entries made it fire', () => {
    const [a, b, c] = [entry(1), entry(2), entry(3)]
    const tally = [a, b].reduce<Tally>((before, each) => tallied(rule, before, each).tally, [])
    expect(tallied(rule, tally, c).fired).toEqual([a, b, c].map(({ index, id }) => [index, id]))
  })

  it('shows only what still lies in the window', () => {
    const tally: Tally = [entry(0), entry(8)].map(({ index, id }) => [index, id] as const)
    expect(countNow(rule, tally, START + 9 * MIN)).toBe(2)
    expect(countNow(rule, tally, START + 12 * MIN)).toBe(1)
  })
})

describe('what is counted', () => {
  it('counts each kind of entry under its own rule alone', () => {
    const all = [
      entry(1),
      entry(1, { outcome: 'allow', reason: 'autonomous' }),
      entry(1, { kind: 'approval.rejected', outcome: 'rejected' }),
      entry(1, { kind: 'action.completed', outcome: 'failed' }),
      entry(1, { kind: 'action.completed', outcome: 'succeeded' }),
      entry(1, { kind: 'watch.fired', outcome: null }),
    ]
    const of = (on: 'forbidden' | 'calls' | 'rejected' | 'failed') => all.map((each) => counts({ on }, each))
    expect(of('forbidden')).toEqual([true, false, false, false, false, false])
    expect(of('calls')).toEqual([true, true, false, false, false, false])
    expect(of('rejected')).toEqual([false, false, true, false, false, false])
    expect(of('failed')).toEqual([false, false, false, true, false, false])
  })

  it('does not count what a halt or a suspension refused: that says nothing of the agent', () => {
    for (const reason of ['halted', 'agent_suspended'])
      for (const on of ['forbidden', 'calls'] as const) expect(counts({ on }, entry(1, { reason }))).toBe(false)
  })

  it('takes a tool as used when it was allowed or held, not when it was forbidden', () => {
    const of = (outcome: string) => usedTool(entry(1, { outcome, tool: 'crm.find' }))
    expect([of('allow'), of('hold'), of('forbid')]).toEqual(['crm.find', 'crm.find', null])
  })

  it('knows the tools a boundary names, bare or with their server', () => {
    const rule = (tool: string) => ({ tool, when: null, reason: null, override: null })
    const boundary = { autonomous: [rule('crm.find')], approval_required: [rule('pay')] }
    const named = ['crm.find', 'bank.pay', 'pay', 'crm.drop', 'hr.find'].map((tool) => namesTool(boundary, tool))
    expect(named).toEqual([true, true, true, false, false])
  })
})

it('a reason names the rule, the version and what made it come true', () => {
  expect(firingReason({ on: 'forbidden', count: 5, within: 10 * MIN, then: 'halt' }, 2, 7)).toBe(
    'watch[2] of boundary version 7: 5 forbidden proposals within 10 minutes.',
  )
})
