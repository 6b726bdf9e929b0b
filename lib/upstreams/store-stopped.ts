import { ASKED, AT_REST, COVERED } from '@/lib/halt/stop-conditions'
import { query, type Sql } from '@/lib/ledger/sql'

/** A run that is quiet under one halt, and of which agent. Bare UUIDs. */
export type QuietRun = { haltId: string; runId: string; agentId: string }

/**
 * Runs the gateway keeps for agents' calls that a halt in force has to stop, that are not confirmed under it, and in which nothing has been at work
 * since it asked: each with that halt, of which alone this is said. The index run_leased bounds it. What has to be waited for takes no place among
 * so many, so that the others come in turn.
 */
export function quietRuns(sql: Sql, most: number): Promise<QuietRun[]> {
  return query(
    sql,
    `SELECT h.id::text AS "haltId", r.id::text AS "runId", r.agent_id::text AS "agentId"
       FROM halt h JOIN run r ON r.lease_until > h.engaged_at AND (r.closed_at IS NULL OR r.closed_at > h.engaged_at)
       ${COVERED}
       ${ASKED}
      WHERE h.lifted_at IS NULL AND (g.at IS NULL OR (r.lease_until > g.at AND (r.closed_at IS NULL OR r.closed_at > g.at)))
        AND EXISTS (SELECT 1 FROM upstream_run u WHERE u.run_id = r.id AND u.agent_id = r.agent_id)
        AND NOT EXISTS (SELECT 1 FROM halt_run_stopped s WHERE s.halt_id = h.id AND s.run_id = r.id AND s.stop = coalesce(g.stop, 0))
        AND ${AT_REST}
      ORDER BY h.engaged_at, h.id, r.id LIMIT $1::int`,
    [most],
  )
}
