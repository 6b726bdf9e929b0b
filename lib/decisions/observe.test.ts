import { describe, expect, test } from 'vitest'
import { lastDay } from '@/lib/boundary/diff-mode'
import { type Decision, DECISIONS } from './decision'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { type Random, ROUNDS, rules, seeded, someFacts } from './random-testing'
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

const strictness = (decision: Decision): number => DECISIONS.indexOf(decision)
const observing = (facts: Facts): Facts => ({
  ...facts,
  boundary: facts.boundary && {
    ...facts.boundary,
    document: { ...facts.boundary.document, mode: { observe_until: NOW + DAY } },
  },
})
function enforcing(facts: Facts): Facts {
  if (facts.boundary === null) return facts
  const { mode: _, ...document } = facts.boundary.document
  return { ...facts, boundary: { ...facts.boundary, document } }
}

describe('whatever the facts, observing', () => {
  test('is never stricter than enforcing, loosens no never and no baseline, and tells what it let through', () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const random = seeded(round)
      const facts = { ...someFacts(random), baseline: someFloor(random) }
      const [enforced, watched] = [evaluate(enforcing(facts)), evaluate(observing(facts))]
      const at = `round ${round}`
      expect(strictness(watched.decision), at).toBeLessThanOrEqual(strictness(enforced.decision))
      for (const { code, rule } of enforced.reasons) {
        if (code === 'never' || code === 'baseline') expect(watched.decision, at).toBe('forbid')
        if (rule?.startsWith('baseline.') === true)
          expect(strictness(watched.decision), at).toBeGreaterThanOrEqual(strictness(enforced.decision))
      }
      if (watched.decision !== enforced.decision) expect(watched.observed?.decision, at).toBe(enforced.decision)
      else expect(watched.observed, at).toBeUndefined()
    }
  })

  test('enforces a hold of the baseline under whatever its own rules would have said', () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const random = seeded(round)
      const facts = someFacts(random)
      const asks = baselineOf('approval_required: [put, send]')
      const watched = evaluate(observing({ ...facts, baseline: { version: 1, digest: '', document: asks } }))
      expect(watched.decision, `round ${round}`).not.toBe('allow')
    }
  })

  test('changes no answer of a halt, of an agent that is not active, of a credential that does not serve, or of one contained', () => {
    const stops: ((facts: Facts) => Facts)[] = [
      (facts) => ({ ...facts, halts: [{ id: 'h', scope: 'agent' }] }),
      (facts) => ({ ...facts, credential: false }),
      (facts) => ({ ...facts, agent: { ...facts.agent, state: 'suspended' } }),
      (facts) => ({ ...facts, agent: { ...facts.agent, owned: false } }),
      (facts) => ({ ...facts, agent: { ...facts.agent, reviewDueAt: 0 } }),
      (facts) => ({ ...facts, boundary: facts.boundary && { ...facts.boundary, lapsesAt: 0 } }),
      (facts) => ({ ...facts, boundary: null }),
    ]
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      for (const [at, stop] of stops.entries()) {
        const facts = stop(someFacts(seeded(round)))
        expect(evaluate(observing(facts)), `round ${round}, stop ${at}`).toEqual(evaluate(enforcing(facts)))
      }
    }
  })
})

function someFloor(random: Random): Facts['baseline'] {
  const limits = random.chance(0.3) ? { calls_per_minute: 2 } : {}
  const document = { purpose: null, never: rules(random, 1), approval_required: rules(random, 1), limits }
  return { version: 1, digest: '', document }
}
