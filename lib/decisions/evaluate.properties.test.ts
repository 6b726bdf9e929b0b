import { describe, expect, test } from 'vitest'
import type { Boundary, Rule } from '@/lib/boundary/boundary'
import { OPEN_SANDBOX } from '@/lib/boundary/sentences'
import type { CatalogueTool, ToolClass } from '@/lib/tools/tool'
import { DECISIONS } from './decision'
import { evaluate } from './evaluate'
import type { Evaluation, Facts } from './facts'
import { boundaryOf, factsFor, NOW } from './testing'

const ROUNDS = 2000
const EMPTY = boundaryOf('agent: support-triage')
const SERVERS = ['crm', 'files', 'local', 'mail']
const TOOLS = ['get', 'put', 'send', 'wipe']
const CONDITIONS = [null, null, 'args.n > 2', 'args.missing', 'run.tainted', "resource.type == 'file'"]

/** mulberry32: the same numbers in every run, so that a failure names its round. */
function seeded(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const chance = (probability: number) => next() < probability
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T
  return { chance, pick, next }
}
type Random = ReturnType<typeof seeded>

function aRule(random: Random): Rule {
  const tool = random.chance(0.5) ? random.pick(TOOLS) : `${random.pick(SERVERS)}.${random.pick(TOOLS)}`
  return { tool, when: random.pick(CONDITIONS), reason: null }
}

function rules(random: Random, most: number): Rule[] {
  return Array.from({ length: Math.floor(random.next() * (most + 1)) }, () => aRule(random))
}

function aBoundary(random: Random): Boundary {
  const scopes = SERVERS.filter(() => random.chance(0.5)).map((server): [string, Boundary['mcp_scopes'][string]] => [
    server,
    random.pick([['read'], ['write'], ['read', 'write']]),
  ])
  return {
    ...EMPTY,
    mcp_scopes: Object.fromEntries(scopes),
    autonomous: rules(random, 3).map((rule) => ({ ...rule, override: random.chance(0.3) ? 'it must' : null })),
    approval_required: rules(random, 2),
    never: rules(random, 1),
    sandbox: random.chance(0.3) ? { ...OPEN_SANDBOX, isolated: true } : null,
    limits: random.chance(0.3) ? { calls_per_minute: 3 } : {},
  }
}

function aClass(random: Random): ToolClass {
  return {
    access: random.pick(['read', 'write']),
    ...(random.chance(0.6) && { reversible: random.chance(0.7) }),
    ...(random.chance(0.3) && { audience: random.pick(['internal', 'customer', 'external']) }),
    ...(random.chance(0.2) && { production: true }),
    ...(random.chance(0.2) && { spends: true }),
  }
}

function aTool(random: Random, name: string): CatalogueTool | null {
  if (random.chance(0.2)) return null
  return { name, class: random.chance(0.9) ? aClass(random) : null, ...(random.chance(0.1) && { executes: true }) }
}

function someFacts(random: Random): Facts {
  const name = `${random.pick(SERVERS)}.${random.pick(TOOLS)}`
  const facts = factsFor(aBoundary(random), name, { tool: aTool(random, name) })
  return {
    ...facts,
    agent: { ...facts.agent, owned: random.chance(0.95), reviewDueAt: random.chance(0.95) ? NOW + 1 : NOW },
    action: {
      tool: name,
      arguments: { n: Math.floor(random.next() * 5) },
      resource: random.chance(0.5) ? { type: 'file', id: '7' } : null,
    },
    run: {
      id: null,
      tainted: random.chance(0.2),
      sandbox: random.chance(0.5) ? { ...OPEN_SANDBOX, isolated: true } : null,
    },
    used: { minute: random.pick([0, 3]), hour: 0, day: 0 },
  }
}

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
      expect(answer.decision === 'allow' ? answer.reason.code : 'autonomous', `round ${round}`).toBe('autonomous')
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
