import { describe, expect, test } from 'vitest'
import { lastDay } from '@/lib/boundary/diff-mode'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { ROUNDS, seeded, someFacts } from './random-testing'
import { baselineOf, boundaryOf, factsFor, NOW } from './testing'

const DAY = 86_400_000
const SOURCE = `agent: watched
mode: observe until 2026-07-01
mcp_scopes: {crm: [read]}
approval_required: [refund]
never: [crm.delete]
`
function asked(tool: string, change: (facts: Facts) => Partial<Facts> = () => ({}), source = SOURCE) {
  const facts = factsFor(boundaryOf(source), tool, { tool: { name: tool, class: { access: 'write' } } })
  const { decision, reason, observed } = evaluate({ ...facts, ...change(facts) })
  return [decision, reason.code, reason.rule, observed?.decision ?? null]
}

describe('a boundary that only observes', () => {
  test('lets run what it would have held or forbidden, and says what it would have been', () => {
    expect(asked('crm.refund')).toEqual(['allow', 'observed', 'mode', 'hold'])
    expect(asked('erp.anything')).toEqual(['allow', 'observed', 'mode', 'forbid'])
  })

  test('enforces its never, the baseline, what is marked as protected, and halts', () => {
    expect(asked('crm.delete')).toEqual(['forbid', 'never', 'never[0]', null])
    const floor = (source: string) => () => ({ baseline: { version: 1, digest: '', document: baselineOf(source) } })
    expect(asked('erp.wipe', floor('never: [wipe]'))).toEqual(['forbid', 'baseline', 'baseline.never[0]', null])
    expect(asked('erp.send', floor('approval_required: [send]'))).toEqual([
      'hold',
      'approval_required',
      'baseline.approval_required[0]',
      'forbid',
    ])
    expect(asked('erp.send', () => ({ guarded: [{ id: 'r', type: 'config', name: 'x' }] }))[0]).toBe('hold')
    expect(asked('crm.refund', () => ({ halts: [{ id: 'h', scope: 'agent' }] }))[1]).toBe('halted')
  })

  test('is contained as any other', () => {
    expect(asked('crm.refund', (facts) => ({ agent: { ...facts.agent, owned: false } }))[0]).toBe('forbid')
  })

  test('enforces again after its last day, and after 90 days whatever it says', () => {
    const until = Date.UTC(2026, 6, 2)
    const signed = (facts: Facts, signedAt: number) => ({
      boundary: facts.boundary && { ...facts.boundary, signedAt, lapsesAt: until + 90 * DAY },
    })
    expect(asked('crm.refund', (facts) => ({ now: until - 1, ...signed(facts, NOW) }))[1]).toBe('observed')
    expect(asked('crm.refund', (facts) => ({ now: until, ...signed(facts, NOW) }))[0]).toBe('hold')
    expect(asked('crm.refund', (facts) => signed(facts, NOW - 90 * DAY))[0]).toBe('hold')
    expect(lastDay(until)).toBe('2026-07-01')
  })

  test('asks nobody about what cannot be shown', () => {
    const args = { token: `${['gh', 'p_'].join('')}${'a1B2'.repeat(9)}` }
    const change = (facts: Facts) => ({
      action: { ...facts.action, arguments: args },
      baseline: { version: 1, digest: '', document: baselineOf('approval_required: [send]') },
    })
    expect(asked('erp.send', change)[0]).toBe('forbid')
  })
})

test('observing never answers more strictly than enforcing, and never loosens never, the baseline or a halt', () => {
  const order = ['allow', 'hold', 'forbid']
  for (let round = 0; round < ROUNDS; round += 1) {
    const random = seeded(round)
    const facts = someFacts(random)
    const document = facts.boundary?.document
    if (document === undefined || facts.boundary === null) continue
    const enforced = evaluate(facts)
    const watched = evaluate({
      ...facts,
      boundary: { ...facts.boundary, document: { ...document, mode: { observe_until: NOW + DAY } } },
    })
    expect(order.indexOf(watched.decision), `round ${round}`).toBeLessThanOrEqual(order.indexOf(enforced.decision))
    if (enforced.reasons.some(({ code }) => code === 'never' || code === 'baseline' || code === 'halted'))
      expect(watched.decision, `round ${round}`).toBe('forbid')
    if (watched.decision !== enforced.decision) expect(watched.observed?.decision).toBe(enforced.decision)
  }
})
