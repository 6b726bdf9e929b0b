import { describe, expect, test } from 'vitest'
import type { Boundary, Elevation } from '@/lib/boundary/boundary'
import { diffBoundaries } from '@/lib/boundary/diff'
import { DECISIONS } from './decision'
import { evaluate } from './evaluate'
import type { Elevated, Facts } from './facts'
import { aRule, edited, type Random, ROUNDS, rules, seeded, someFacts } from './random-testing'
import { NOW } from './testing'

const SERVERS = ['crm', 'files', 'local']
const HOUR = 3_600_000

function scopes(random: Random): Elevation['mcp_scopes'] {
  const some = SERVERS.filter(() => random.chance(0.5))
  return Object.fromEntries(
    some.map((server) => [server, random.pick([['read'], ['write'], ['read', 'write']] as const).slice()]),
  )
}

function aCeiling(random: Random): Elevation {
  const tools = rules(random, 3).map((rule) => ({ ...rule, override: random.chance(0.4) ? 'it must' : null }))
  return { mcp_scopes: scopes(random), tools, longest: HOUR, granted_by: ['ciso'] }
}

/** Anything anybody could ever have granted, under this ceiling or under none. */
function someElevations(random: Random, ceiling: Elevation): Elevated[] {
  return Array.from({ length: 1 + Math.floor(random.next() * 2) }, (_, i) => ({
    id: String(i),
    scopes: random.chance(0.5) ? ceiling.mcp_scopes : scopes(random),
    tools: random.chance(0.7) ? ceiling.tools.map(({ tool }) => tool) : [aRule(random).tool],
    endsAt: NOW + (random.chance(0.85) ? HOUR : -HOUR),
  }))
}

type Case = { facts: Facts & { boundary: NonNullable<Facts['boundary']> }; ceiling: Elevation; document: Boundary }

function aCase(seed: number): Case {
  const random = seeded(seed)
  const facts = someFacts(random)
  const ceiling = aCeiling(random)
  if (facts.boundary === null) throw new Error('someFacts always has a boundary')
  const document = { ...facts.boundary.document, elevation: ceiling }
  const boundary = { ...facts.boundary, document }
  return { facts: { ...facts, boundary, elevations: someElevations(random, ceiling) }, ceiling, document }
}

const under = (facts: Case['facts'], document: Boundary): Facts => ({
  ...facts,
  boundary: { ...facts.boundary, document },
})
const without = (facts: Facts): Facts => ({ ...facts, elevations: [] })
const looser = (a: Facts, b: Facts) => DECISIONS.indexOf(evaluate(a).decision) < DECISIONS.indexOf(evaluate(b).decision)

describe('an elevation', () => {
  test('is never looser than a boundary that had its ceiling all the time', () => {
    let lifts = 0
    for (let seed = 0; seed < ROUNDS * 3; seed += 1) {
      const { facts, ceiling, document } = aCase(seed)
      if (!looser(facts, without(facts))) continue
      lifts += 1
      const merged = [...SERVERS].map((server): [string, Boundary['mcp_scopes'][string]] => [
        server,
        [...new Set([...(document.mcp_scopes[server] ?? []), ...(ceiling.mcp_scopes[server] ?? [])])],
      ])
      const full: Boundary = {
        ...document,
        mcp_scopes: Object.fromEntries(merged.filter(([, scope]) => scope.length > 0)),
        autonomous: [...document.autonomous, ...ceiling.tools],
      }
      expect(looser(facts, without(under(facts, full))), `seed ${seed}: ${JSON.stringify({ facts })}`).toBe(false)
    }
    expect(lifts).toBeGreaterThan(ROUNDS / 20)
  })

  test('grants nothing where there is no ceiling, or an empty one', () => {
    for (let seed = 0; seed < ROUNDS; seed += 1) {
      const { facts, document } = aCase(seed)
      const { elevation: _, ...none } = document
      const empty = { ...document, elevation: { mcp_scopes: {}, tools: [], longest: HOUR, granted_by: [] } }
      for (const one of [none, empty])
        expect(evaluate(under(facts, one)), `seed ${seed}`).toEqual(evaluate(without(under(facts, one))))
    }
  })

  test('that has ended is as none, from its very end', () => {
    for (let seed = 0; seed < ROUNDS; seed += 1) {
      const { facts } = aCase(seed)
      const ended = { ...facts, elevations: facts.elevations.map((one) => ({ ...one, endsAt: facts.now })) }
      expect(evaluate(ended), `seed ${seed}`).toEqual(evaluate(without(facts)))
    }
  })

  test('never makes an answer stricter', () => {
    for (let seed = 0; seed < ROUNDS; seed += 1) {
      const { facts } = aCase(seed)
      expect(looser(without(facts), facts), `seed ${seed}`).toBe(false)
    }
  })

  test('never beats what somebody wrote down, the baseline, taint, limits, a sandbox or containment', () => {
    const stands = new Set([
      'never',
      'approval_required',
      'baseline',
      'untrusted_content',
      'limit_reached',
      'sandbox_missing',
    ])
    let stood = 0
    for (let seed = 0; seed < ROUNDS * 2; seed += 1) {
      const { facts } = aCase(seed)
      const [with_, plain] = [evaluate(facts), evaluate(without(facts))]
      if (plain.contained) {
        expect(with_.decision, `seed ${seed}`).toBe(plain.decision)
      } else if (stands.has(plain.reason.code)) {
        stood += 1
        expect(with_.decision, `seed ${seed}`).toBe(plain.decision)
      }
    }
    expect(stood).toBeGreaterThan(ROUNDS / 10)
  })

  test('leaves a change that is said to widen nothing loosening nothing', () => {
    let narrowings = 0
    for (let seed = 0; seed < ROUNDS * 3; seed += 1) {
      const { facts, document } = aCase(seed)
      const random = seeded(seed + 1_000_003)
      const cut = (from: Boundary): Boundary =>
        from.elevation === undefined
          ? from
          : {
              ...from,
              elevation: {
                ...from.elevation,
                mcp_scopes: Object.fromEntries(
                  Object.entries(from.elevation.mcp_scopes).filter(() => random.chance(0.6)),
                ),
                tools: from.elevation.tools.filter(() => random.chance(0.6)),
              },
            }
      const after = random.chance(0.3) ? cut(document) : edited(document, random)
      const tools = facts.tool === null ? [] : [facts.tool]
      const changes = diffBoundaries(document, after, tools, { before: 90, after: 90 })
      if (changes.some(({ direction }) => direction === 'wider')) continue
      narrowings += 1
      expect(
        looser(under(facts, after), facts),
        `seed ${seed}: ${JSON.stringify({ document, after, facts, changes })}`,
      ).toBe(false)
    }
    expect(narrowings).toBeGreaterThan(ROUNDS / 2)
  })
})
