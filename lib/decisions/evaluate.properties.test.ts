import { describe, expect, test } from 'vitest'
import type { Boundary } from '@/lib/boundary/boundary'
import { DECISIONS } from './decision'
import { evaluate } from './evaluate'
import type { Evaluation, Facts } from './facts'
import { aRule, type Random, ROUNDS, rules, seeded, someFacts, asFloor, someSurfaces } from './random-testing'
import { boundaryOf, factsFor } from './testing'

function strictness({ decision }: Evaluation): number {
  return DECISIONS.indexOf(decision)
}

/** Runs a change over many random facts and tells the first round in which it made the answer looser. */
function neverLoosens(change: (facts: Facts, random: Random) => Facts): number {
  for (let round = 0; round < ROUNDS; round += 1) {
    const random = seeded(round)
    const facts = someFacts(random)
    if (strictness(evaluate(change(facts, random))) < strictness(evaluate(facts))) return round
  }
  return -1
}

function withBoundary(facts: Facts, change: (document: Boundary) => Boundary): Facts {
  return { ...facts, boundary: facts.boundary && { ...facts.boundary, document: change(facts.boundary.document) } }
}

describe('never looser', () => {
  test('for having read untrusted content', () => {
    expect(neverLoosens((facts) => ({ ...facts, run: { ...facts.run, tainted: true } }))).toBe(-1)
  })

  test('for a baseline', () => {
    const baseline = (random: Random) => ({
      version: 1,
      digest: 'sha256:bb',
      document: {
        purpose: null,
        never: rules(random, 2),
        approval_required: rules(random, 2),
        limits: { calls_per_minute: 2 },
        ...(random.chance(0.5) && { surfaces: asFloor(someSurfaces(random)) }),
      },
    })
    expect(neverLoosens((facts, random) => ({ ...facts, baseline: baseline(random) }))).toBe(-1)
  })

  test('for one more never', () => {
    expect(
      neverLoosens((facts, random) =>
        withBoundary(facts, (document) => ({ ...document, never: [...document.never, aRule(random)] })),
      ),
    ).toBe(-1)
  })

  test('for a tool nobody knows any more, unless it is named', () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const facts = { ...someFacts(seeded(round)), tool: null }
      const answer = evaluate(facts)
      // What only observes lets it run as well, and says what it would have been.
      const named = answer.decision !== 'allow' || answer.observed !== undefined || answer.reason.code === 'autonomous'
      expect(named, `round ${round}`).toBe(true)
    }
  })

  test('for an owner who left, a review that passed, a boundary that lapsed, a halt', () => {
    const changes: ((facts: Facts) => Facts)[] = [
      (facts) => ({ ...facts, agent: { ...facts.agent, owned: false } }),
      (facts) => ({ ...facts, agent: { ...facts.agent, reviewDueAt: 0 } }),
      (facts) => ({ ...facts, boundary: facts.boundary && { ...facts.boundary, lapsesAt: 0 } }),
      (facts) => ({ ...facts, halts: [{ id: 'h', scope: 'organisation' }] }),
    ]
    for (const change of changes) expect(neverLoosens(change)).toBe(-1)
  })
})

test('the order of rules in the document never changes the answer', () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const facts = someFacts(seeded(round))
    const turned = withBoundary(facts, (document) => ({
      ...document,
      autonomous: document.autonomous.toReversed(),
      approval_required: document.approval_required.toReversed(),
      never: document.never.toReversed(),
    }))
    const answers = [evaluate(facts), evaluate(turned)]
    expect(answers[0]?.decision, `round ${round}`).toBe(answers[1]?.decision)
    expect(answers[0]?.reason.code, `round ${round}`).toBe(answers[1]?.reason.code)
  }
})

test('the same facts always get the same answer, and are not changed by it', () => {
  for (let round = 0; round < 300; round += 1) {
    const facts = someFacts(seeded(round))
    const before = structuredClone(facts)
    expect(evaluate(facts)).toEqual(evaluate(structuredClone(facts)))
    expect(facts).toEqual(before)
  }
})

test('facts torn apart never allow', () => {
  const whole = factsFor(boundaryOf('agent: support-triage\nmcp_scopes: {crm: [read]}'), 'crm.get', {
    tool: { name: 'crm.get', class: { access: 'read' } },
  })
  expect(evaluate(whole).decision).toBe('allow')
  for (const key of ['now', 'credential', 'halts', 'agent', 'boundary', 'tool', 'action', 'run'] as const) {
    for (const value of [undefined, null, 'x', [], {}]) {
      if (key === 'halts' && Array.isArray(value)) continue
      expect(evaluate({ ...whole, [key]: value }).decision, `${key}: ${JSON.stringify(value)}`).not.toBe('allow')
    }
  }
})
