import { describe, expect, test } from 'vitest'
import type { Boundary, Commands, PathLists } from '@/lib/boundary/boundary'
import { diffBaselines, diffBoundaries } from '@/lib/boundary/diff'
import { DECISIONS } from './decision'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { aBoundary, aRule, type Random, ROUNDS, rules, seeded, someSurfaces, someFacts } from './random-testing'

/** Small edits, so that many of them only narrow. */
function edited(document: Boundary, random: Random): Boundary {
  const without = <T>(list: readonly T[]): T[] => list.filter(() => random.chance(0.6))
  const edits: ((from: Boundary) => Boundary)[] = [
    (from) => ({ ...from, never: [...from.never, aRule(random)] }),
    (from) => ({ ...from, approval_required: [...from.approval_required, aRule(random)] }),
    (from) => ({ ...from, autonomous: without(from.autonomous) }),
    (from) => ({ ...from, autonomous: from.autonomous.map((rule) => ({ ...rule, override: null })) }),
    (from) => ({ ...from, autonomous: from.autonomous.map((rule) => ({ ...rule, when: rule.when ?? 'args.n > 2' })) }),
    (from) => ({ ...from, mcp_scopes: Object.fromEntries(without(Object.entries(from.mcp_scopes))) }),
    (from) => ({ ...from, approval_required: without(from.approval_required) }),
    (from) => ({ ...from, never: without(from.never) }),
    (from) => ({ ...from, limits: { calls_per_minute: random.pick([2, 3, 4]) } }),
    (from) => ({
      ...from,
      limits: { ...from.limits, spend_per_day: { amount: random.pick([2, 4]), currency: 'EUR' } },
    }),
    (from) => ({ ...from, limits: { ...from.limits, run_length: random.pick([600_000, 7_200_000]) } }),
    (from) => ({ ...from, sandbox: null }),
    (from) => ({ ...from, autonomous: [...from.autonomous, { ...aRule(random), override: null }] }),
    (from) => ({ ...from, surfaces: someSurfaces(random) }),
    (from) => withCommands(from, (commands) => ({ ...commands, never: [...commands.never, 'npm *'] })),
    (from) => withCommands(from, (commands) => ({ ...commands, autonomous: without(commands.autonomous) })),
    (from) =>
      withCommands(from, (commands) => ({ ...commands, approval_required: [...commands.approval_required, 'id'] })),
    (from) => withPaths(from, (lists) => ({ ...lists, never: [...lists.never, 'src/**'] })),
    (from) => withPaths(from, (lists) => ({ ...lists, autonomous: without(lists.autonomous) })),
    (from) => withPaths(from, (lists) => ({ ...lists, approval_required: without(lists.approval_required) })),
    (from) => withPaths(from, (lists) => ({ ...lists, workspace: null })),
    (from) => ({ ...from, protected: [...(from.protected ?? []), 'file/7'] }),
  ]
  const one = random.pick(edits)(document)
  return random.chance(0.4) ? random.pick(edits)(one) : one
}

function withPaths(from: Boundary, change: (lists: PathLists) => PathLists): Boundary {
  const { surfaces } = from
  if (surfaces === undefined) return from
  return {
    ...from,
    surfaces: {
      ...surfaces,
      ...(surfaces.code && { code: change(surfaces.code) }),
      ...(surfaces.data && { data: change(surfaces.data) }),
    },
  }
}

function withCommands(from: Boundary, change: (commands: Commands) => Commands): Boundary {
  const commands = from.surfaces?.commands ?? null
  return commands === null ? from : { ...from, surfaces: { ...from.surfaces, commands: change(commands) } }
}

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
      }
      const after = {
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
