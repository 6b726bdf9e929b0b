import { containmentOf, type AgentState, type Containment, type Environment } from '@/lib/agents/agent'
import type { AGENT_SORTS, AgentQuery } from '@/lib/agents/contract'

/** One agent of the registry, with what every other room says of it. Moments are milliseconds since 1970. */
export type RegistryRow = {
  id: string
  slug: string
  purpose: string
  state: AgentState
  environment: Environment
  team: string
  teamId: string
  owner: { id: string; name: string; active: boolean }
  /** calendar day */
  reviewDate: string
  /** the version in force, lapsed or not */
  boundary: { version: number; lapsesAt: number } | null
  /** a version that waits for a signature */
  draft: number | null
  /** its last decision */
  last: { id: string; outcome: string; reason: string | null; at: number } | null
  /** held actions that wait for people */
  waiting: number
}

/** Why an agent answers less than its boundary says, strongest first; empty when it does not. */
export function containedBy(row: RegistryRow, today: string, now: number): (Containment | 'boundary_expired')[] {
  if (row.state !== 'active') return []
  const lapsed = row.boundary !== null && row.boundary.lapsesAt <= now
  return [
    ...containmentOf({ ownerActive: row.owner.active, reviewDate: row.reviewDate }, today),
    ...(lapsed ? ['boundary_expired' as const] : []),
  ]
}

/** An active agent that has decided nothing for so long is a finding: it may be forgotten, or going around the gate. */
const QUIET_MS = 30 * 86_400_000

/** Whether a row is of a kind somebody should look at. */
export function isFinding(
  row: RegistryRow,
  finding: NonNullable<AgentQuery['finding']>,
  today: string,
  now: number,
): boolean {
  if (row.state === 'retired') return false
  switch (finding) {
    case 'orphaned':
      return !row.owner.active
    case 'overdue':
      return today > row.reviewDate
    case 'unsigned':
      return row.boundary === null
    case 'quiet':
      return row.state === 'active' && (row.last === null || now - row.last.at > QUIET_MS)
  }
}

/** The rows a query asks for, in its order. Without a state, everything but what is retired. */
export function selectRows(rows: readonly RegistryRow[], query: AgentQuery, today: string, now: number): RegistryRow[] {
  const words = query.q.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = rows.filter((row) => {
    if (query.state === undefined ? row.state === 'retired' : row.state !== query.state) return false
    if (query.environment !== undefined && row.environment !== query.environment) return false
    if (query.owner !== undefined && row.owner.id !== query.owner) return false
    if (query.finding !== undefined && !isFinding(row, query.finding, today, now)) return false
    const text = `${row.slug} ${row.purpose} ${row.team} ${row.owner.name}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const key = KEYS[query.sort]
  const sign = query.desc ? -1 : 1
  return matching.toSorted((a, b) => sign * compare(key(a), key(b)) || compare(a.slug, b.slug))
}

type Key = string | number

// What is missing comes first when it is a finding (no boundary, no decision yet), so that sorting shows it.
const KEYS: Record<(typeof AGENT_SORTS)[number], (row: RegistryRow) => Key> = {
  slug: (row) => row.slug,
  state: (row) => row.state,
  owner: (row) => row.owner.name.toLowerCase(),
  environment: (row) => row.environment,
  boundary: (row) => row.boundary?.lapsesAt ?? 0,
  last: (row) => row.last?.at ?? 0,
  waiting: (row) => row.waiting,
  review: (row) => row.reviewDate,
}

function compare(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0
}
