import type { AgentState, Environment } from '@/lib/agents/agent'
import type { Db } from '@/lib/db/client'
import type { RegistryRow } from './registry-rows'

type Row = {
  id: string
  slug: string
  purpose: string
  state: string
  environment: string
  team: string
  team_id: string
  owner_id: string
  owner_name: string
  owner_active: boolean
  review_date: string
  version: number | null
  lapses_at: Date | null
  draft: number | null
  last_id: string | null
  last_outcome: string | null
  last_reason: string | null
  last_at: Date | null
  waiting: number
}

/**
 * Every agent with its boundary in force, its open draft, its last decision and what waits for people. One statement; per
 * agent it reaches into boundary_version_agent_id_version_key, boundary_one_draft and the ledger's entry_agent.
 */
export async function registry(db: Db): Promise<RegistryRow[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT a.id::text, a.slug, a.purpose, a.state, a.environment, t.name AS team, t.id::text AS team_id, o.id::text AS owner_id, o.name AS owner_name,
      o.deactivated_at IS NULL AS owner_active, a.review_date::text AS review_date, b.version, b.lapses_at, d.version AS draft,
      e.id::text AS last_id, e.outcome AS last_outcome, e.reason_code AS last_reason, e.recorded_at AS last_at,
      coalesce(w.waiting, 0)::int AS waiting
    FROM agent a
    JOIN team t ON t.id = a.team_id
    JOIN person o ON o.id = a.owner_id
    LEFT JOIN LATERAL (SELECT v.version, v.lapses_at FROM boundary_version v
      WHERE v.agent_id = a.id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b ON true
    LEFT JOIN boundary_version d ON d.agent_id = a.id AND d.status = 'draft'
    LEFT JOIN LATERAL (SELECT n.id, n.outcome, n.reason_code, n.recorded_at FROM ledger.entry n
      WHERE n.agent_id = a.id AND n.kind = 'action.decided' ORDER BY n.id DESC LIMIT 1) e ON true
    LEFT JOIN (SELECT p.agent_id, count(*) AS waiting FROM approval p
      WHERE p.status = 'pending' AND p.kind = 'action' AND p.expires_at > now() GROUP BY p.agent_id) w ON w.agent_id = a.id
    ORDER BY a.slug
    LIMIT 5000`
  return rows.map(toRow)
}

// The checks of the table hold `state` and `environment` to the words of the rule.
function toRow(row: Row): RegistryRow {
  return {
    id: row.id,
    slug: row.slug,
    purpose: row.purpose,
    state: row.state as AgentState,
    environment: row.environment as Environment,
    team: row.team,
    teamId: row.team_id,
    owner: { id: row.owner_id, name: row.owner_name, active: row.owner_active },
    reviewDate: row.review_date,
    boundary:
      row.version === null || row.lapses_at === null
        ? null
        : { version: row.version, lapsesAt: row.lapses_at.getTime() },
    draft: row.draft,
    last:
      row.last_id === null || row.last_at === null || row.last_outcome === null
        ? null
        : { id: row.last_id, outcome: row.last_outcome, reason: row.last_reason, at: row.last_at.getTime() },
    waiting: row.waiting,
  }
}
