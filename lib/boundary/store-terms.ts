import type { AgentState } from '@/lib/agents/agent'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { Boundary } from './boundary'
import type { OnLapse } from './terms'

/** What becomes of an agent that lapsed, and how many days before people are told. */
export type LapseSetting = { onLapse: OnLapse; remindDays: number[] }

/** The organisation's choice; it lies with the gate. */
export async function lapseSetting(sql: Sql): Promise<LapseSetting> {
  const row = await queryOne<LapseSetting>(
    sql,
    'SELECT on_lapse AS "onLapse", remind_days AS "remindDays" FROM gate WHERE id = 1',
  )
  if (row === null) throw new Error('the gate has no row')
  return row
}

export type TermsRow = {
  agentId: string
  slug: string
  state: AgentState
  owner: { id: string; name: string; active: boolean }
  /** the first moment at which its registration's review is overdue, ms since 1970 */
  reviewDueAt: number
  zone: string
  version: number | null
  document: Boundary | null
  lapsesAt: Date | null
}

/** What ends for agents that are not retired, with their boundary in force; of one of them, or of all. */
export function findTerms(sql: Sql, agentId: string | null): Promise<TermsRow[]> {
  return query(
    sql,
    `SELECT a.id::text AS "agentId", a.slug, a.state, json_build_object('id', o.id, 'name', o.name, 'active', o.deactivated_at IS NULL) AS owner,
        (extract(epoch FROM (a.review_date + 1)::timestamp AT TIME ZONE coalesce(org.time_zone, 'UTC')) * 1000)::float8 AS "reviewDueAt",
        coalesce(org.time_zone, 'UTC') AS zone, b.version, b.document, b.lapses_at AS "lapsesAt"
       FROM agent a JOIN person o ON o.id = a.owner_id LEFT JOIN organisation org ON true
       LEFT JOIN LATERAL (SELECT v.version, v.document, v.lapses_at FROM boundary_version v
          WHERE v.agent_id = a.id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b ON true
      WHERE a.state <> 'retired' AND ($1::text IS NULL OR a.id = $1::uuid) ORDER BY a.slug`,
    [agentId],
  )
}
