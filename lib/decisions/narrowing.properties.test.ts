import { describe, expect, test } from 'vitest'
import type { Boundary, Limits } from '@/lib/boundary/boundary'
import { diffBaselines, diffBoundaries } from '@/lib/boundary/diff'
import { DECISIONS } from './decision'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { aBoundary, asFloor, edited, ROUNDS, rules, seeded, someFacts, someSurfaces } from './random-testing'

function looser(before: Facts, after: Facts): boolean {
  return DECISIONS.indexOf(evaluate(after).decision) < DECISIONS.indexOf(evaluate(before).decision)
}

function under(facts: Facts, document: Boundary): Facts {
  return { ...facts, boundary: facts.boundary && { ...facts.boundary, document } }
}

describe('a change that is said to widen nothing', () => {
  test('of a boundary loosens no answer', () => {
    let narrowings = 0
    for (let round = 0; round < ROUNDS * 2; round += 1) {
      const random = seeded(round)
      const facts = someFacts(random)
      const before = facts.boundary?.document ?? aBoundary(random)
      const after = edited(before, random)
      const catalogue = facts.tool === null ? [] : [facts.tool]
      const changes = diffBoundaries(before, after, catalogue, { before: 90, after: 90 })
      if (changes.some(({ direction }) => direction === 'wider')) continue
      narrowings += 1
      if (!looser(facts, under(facts, after))) continue
      expect.fail(`round ${round}: ${JSON.stringify({ before, after, tool: facts.tool, run: facts.run, changes })}`)
    }
    expect(narrowings).toBeGreaterThan(ROUNDS / 2)
  })

  test('adding or lowering any limit, of the boundary or the baseline, loosens no answer', () => {
    const LIMITED: readonly Limits[] = [
      { calls_per_day: 2 },
      { calls_per_minute: 3 },
      { spend_per_day: { amount: 5, currency: 'EUR' } },
      { spend_per_hour: { amount: 2, currency: 'USD' } },
      { tokens_per_hour: 500 },
      { tokens_per_day: 1 },
      { concurrent_runs: 1 },
      { run_length: 1_800_000 },
    ]
    let stricter = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const random = seeded(round)
      const facts = someFacts(random)
      const { boundary } = facts
      if (boundary === null) continue
      const limited = random.pick(LIMITED)
      const others = Object.fromEntries(
        Object.entries(boundary.document.limits).filter(([name]) => !Object.hasOwn(limited, name)),
      )
      const before = { ...under(facts, { ...boundary.document, limits: others }), baseline: null }
      const document = { purpose: null, never: [], approval_required: [], limits: limited }
      const after = random.chance(0.5)
        ? under(before, { ...boundary.document, limits: { ...others, ...limited } })
        : { ...before, baseline: { version: 1, digest: '', document } }
      expect(looser(before, after), `round ${round}`).toBe(false)
      if (looser(after, before)) stricter += 1
    }
    expect(stricter).toBeGreaterThan(ROUNDS / 50)
  })

  test('of the baseline loosens no answer', () => {
    let narrowings = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const random = seeded(round)
      const facts = someFacts(random)
      const before = {
        purpose: null,
        never: rules(random, 2),
        approval_required: rules(random, 2),
        limits: { calls_per_minute: 3 },
        surfaces: asFloor(someSurfaces(random)),
      }
      const after = {
        surfaces: random.chance(0.5) ? before.surfaces : asFloor(someSurfaces(random)),
        purpose: null,
        never: [...before.never, ...rules(random, 1)],
        approval_required: before.approval_required.filter(() => random.chance(0.9)),
        limits: random.pick([{ calls_per_minute: 2 }, { calls_per_minute: 3 }, {}]),
      }
      if (diffBaselines(before, after).some(({ direction }) => direction === 'wider')) continue
      narrowings += 1
      const floor = (document: typeof before | typeof after) => ({ version: 1, digest: '', document })
      expect(
        looser({ ...facts, baseline: floor(before) }, { ...facts, baseline: floor(after) }),
        `round ${round}`,
      ).toBe(false)
    }
    expect(narrowings).toBeGreaterThan(ROUNDS / 4)
  })
})
