import type { Baseline, Boundary } from '@/lib/boundary/boundary'
import { parseBaseline, parseBoundary } from '@/lib/boundary/parse'
import type { Facts } from './facts'

export const NOW = Date.UTC(2026, 5, 15, 12)
const DAY = 86_400_000

/** A boundary from its text, for tests: a fault in the text is a fault in the test. */
export function boundaryOf(source: string): Boundary {
  const parsed = parseBoundary(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}

export function baselineOf(source: string): Baseline {
  const parsed = parseBaseline(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}

/** Facts under which nothing but the boundary decides: an active, owned, reviewed agent, and one call of `tool`. */
export function factsFor(document: Boundary | null, tool: string, change: Partial<Facts> = {}): Facts {
  return {
    now: NOW,
    credential: true,
    halts: [],
    guarded: [],
    agent: {
      slug: 'support-triage',
      state: 'active',
      environment: 'production',
      team: 'support',
      owned: true,
      reviewDueAt: NOW + 30 * DAY,
    },
    boundary:
      document === null
        ? null
        : { version: 1, digest: 'sha256:aa', document, signedAt: NOW - DAY, lapsesAt: NOW + 89 * DAY },
    elevations: [],
    baseline: null,
    tool: null,
    action: { tool, arguments: {}, resource: null },
    run: { id: null, tainted: false, sandbox: null, openedAt: null },
    approval: null,
    used: { minute: 0, hour: 0, day: 0 },
    ...change,
  }
}
