import { performance } from 'node:perf_hooks'
import { parseBoundary } from '@/lib/boundary/parse'
import { evaluate } from '@/lib/decisions/evaluate'
import type { Facts } from '@/lib/decisions/facts'
import type { Figure, Run } from './bench'

const RULES = 200
const ROUNDS = 40
const CALLS = 2_000
const DAY = 86_400_000
const NOW = Date.UTC(2026, 5, 15, 12)

/** 200 rules over many tools, with one condition that the call meets. */
function source(extra = ''): string {
  const never = Array.from({ length: RULES / 2 }, (_, at) => `  - tool: shop.stop_${at}`).join('\n')
  const asks = Array.from(
    { length: RULES / 2 - 1 },
    (_, at) => `  - {tool: shop.ask_${at}, when: args.amount > ${at}}`,
  ).join('\n')
  return `agent: bench\nmcp_scopes: {shop: [read, write]}\nnever:\n${never}\napproval_required:\n${asks}\n  - {tool: shop.refund, when: args.amount > 100}\n${extra}`
}

function facts(text: string, tool: string, args: Facts['action']['arguments']): Facts {
  const parsed = parseBoundary(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return {
    now: NOW,
    credential: true,
    halts: [],
    guarded: [],
    elevations: [],
    agent: {
      slug: 'bench',
      state: 'active',
      environment: 'production',
      team: 'x',
      owned: true,
      reviewDueAt: NOW + DAY,
    },
    boundary: { version: 1, digest: 'sha256:aa', document: parsed.document, signedAt: NOW - DAY, lapsesAt: NOW + DAY },
    baseline: null,
    tool: { name: tool, class: { access: 'write', reversible: true } },
    action: { tool, arguments: args, resource: null },
    run: { id: null, tainted: false, sandbox: null, openedAt: null },
    approval: null,
    used: { minute: 0, hour: 0, day: 0 },
  }
}

/** Microseconds a call: the median of rounds, so that one pause of the machine decides nothing. */
function microseconds(given: Facts): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const from = performance.now()
    for (let call = 0; call < CALLS; call += 1) evaluate(given)
    return ((performance.now() - from) * 1_000) / CALLS
  })
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Infinity
}

/** What one decision costs in memory: the rules alone, a command read as shell, a path compared with lists. */
export const run: Run = async ({ say }) => {
  const lists = `surfaces:
  workspace: /home/dev/app
  commands: {autonomous: [npm test, "git diff *", "ls *"], never: ["rm *"]}
  code: {autonomous: ["src/**"], never: [".github/**"]}
`
  const cases: [string, Facts, number | null][] = [
    [`${RULES} rules, one matching condition`, facts(source(), 'shop.refund', { amount: 120, order: 'A-17' }), 30],
    [
      'a command of three parts under lists',
      facts(source(lists), 'claude-code.Bash', { command: 'npm test && git diff --stat | head' }),
      null,
    ],
    [
      'a file under lists',
      facts(source(lists), 'claude-code.Edit', { file_path: '/home/dev/app/src/a/b.ts', new_string: 'x' }),
      null,
    ],
  ]
  return cases.map(([figure, given, budget]): Figure => {
    say(figure)
    microseconds(given) // once, so that what is measured is compiled
    return {
      figure,
      value: microseconds(given),
      unit: 'µs a decision',
      ...(budget !== null && { budget: { at: 'most', is: budget } }),
    }
  })
}
