import { describe, expect, test } from 'vitest'
import type { Baseline, Boundary } from '@/lib/boundary/boundary'
import { diffBoundaries } from '@/lib/boundary/diff'
import { overruled } from '@/lib/boundary/overruled'
import { radiusOf } from '@/lib/boundary/radius'
import type { CatalogueTool } from '@/lib/tools/tool'
import { DECISIONS } from './decision'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { NOW } from './testing'
import { edited, ROUNDS, rules, seeded, someFacts, type Random } from './random-testing'

const AT = { now: NOW, lapsesAt: null }
const catalogueOf = ({ tool }: Facts): CatalogueTool[] => (tool === null ? [] : [tool])

function aFloor(random: Random): Baseline {
  const limits = random.chance(0.3) ? { calls_per_minute: 2 } : {}
  return { purpose: null, never: rules(random, 2), approval_required: rules(random, 2), limits }
}

/** What lets a call run alone, without the place in a list that the blast radius tells as one line. */
const clauseOf = (rule: string): string => rule.replace(/^(surfaces\.\w+\.autonomous)\[\d+\]$/, '$1')

describe('the blast radius', () => {
  test('has a line for whatever the gate lets run alone, by the clause that lets it', () => {
    let allowed = 0
    for (let round = 0; round < ROUNDS * 3; round += 1) {
      const random = seeded(round)
      const facts = someFacts(random)
      if (facts.boundary === null) continue
      const { decision, reasons } = evaluate(facts)
      if (decision !== 'allow') continue
      allowed += 1
      const clauses = new Set(
        radiusOf(facts.boundary.document, catalogueOf(facts), facts.baseline?.document ?? null, AT).map(
          ({ clause }) => clause,
        ),
      )
      for (const { rule } of reasons)
        expect(clauses, `round ${round}: ${JSON.stringify(facts.boundary.document)}`).toContain(clauseOf(rule ?? ''))
    }
    expect(allowed).toBeGreaterThan(ROUNDS / 10)
  })

  test('of a boundary that is nowhere wider has no line the one before had not', () => {
    let narrowings = 0
    for (let round = 0; round < ROUNDS * 2; round += 1) {
      const random = seeded(round)
      const facts = someFacts(random)
      const before = facts.boundary?.document
      if (before === undefined) continue
      const after = edited(before, random)
      const catalogue = catalogueOf(facts)
      const changes = diffBoundaries(before, after, catalogue, { before: 90, after: 90 })
      if (changes.some(({ direction }) => direction === 'wider')) continue
      narrowings += 1
      expect(grown(before, after, catalogue), `round ${round}`).toEqual([])
    }
    expect(narrowings).toBeGreaterThan(ROUNDS / 2)
  })
})

/** Clauses the radius of `after` has and that of `before` had not: by what they are about, since places move. */
function grown(before: Boundary, after: Boundary, catalogue: readonly CatalogueTool[]): string[] {
  const about = (document: Boundary) =>
    radiusOf(document, catalogue, null, AT).flatMap(({ weight, clause }) => {
      const at = /^autonomous\[(\d+)\]$/.exec(clause ?? '')?.[1]
      const what = at === undefined ? clause : `autonomous ${document.autonomous[Number(at)]?.tool ?? ''}`
      if (weight === 'bound') return []
      // Which way out is named first is no growth.
      if (weight === 'leaves') return [weight]
      return [at === undefined ? `${weight} ${what ?? ''}` : (what ?? '')]
    })
  // A server that leaves the scope takes with it what people said of its tools: a bare name is then one nobody knows.
  const left = JSON.stringify(before.mcp_scopes) !== JSON.stringify(after.mcp_scopes)
  const had = new Set([...about(before), ...(left ? before.autonomous.map(({ tool }) => `autonomous ${tool}`) : [])])
  return about(after).filter((line) => !had.has(line))
}

test('what the baseline makes stricter is told as overruled, by the clause that would have let it run', () => {
  let stricter = 0
  for (let round = 0; round < ROUNDS * 3; round += 1) {
    const random = seeded(round)
    const facts = { ...someFacts(random), baseline: null }
    const document = facts.boundary?.document
    if (document === undefined) continue
    const baseline = aFloor(random)
    const free = evaluate(facts)
    const bound = evaluate({ ...facts, baseline: { version: 1, digest: '', document: baseline } })
    expect(DECISIONS.indexOf(bound.decision)).toBeGreaterThanOrEqual(DECISIONS.indexOf(free.decision))
    // What runs only since the boundary observes runs by no clause of its own.
    if (free.decision !== 'allow' || free.observed !== undefined || bound.decision === 'allow') continue
    stricter += 1
    const told = overruled(document, baseline, catalogueOf(facts))
    for (const { rule: by } of bound.reasons) {
      if (by?.startsWith('baseline.') !== true) continue // an agent that is contained besides
      for (const { rule } of free.reasons) {
        const isLimit = by.startsWith('baseline.limits')
        const clause = isLimit ? by.replace('baseline.', '') : clauseOf(rule ?? '')
        const found = told.some((one) => one.by === by && one.clause === clause)
        expect(found, `round ${round}: ${by} over ${clause}\n${JSON.stringify({ document, baseline, told })}`).toBe(
          true,
        )
      }
    }
  }
  expect(stricter).toBeGreaterThan(30)
})
