import { query, type Sql } from '@/lib/ledger/sql'

/**
 * Runs the gateway keeps for agents' calls that were alive when a halt in force began and are not confirmed under it, and in which no call is begun
 * without an end, nor ended unknown since. Whether the halt covers them is asked by whoever reads this; the index run_leased bounds it.
 */
export function quietRuns(sql: Sql, most: number): Promise<{ runId: string; agentId: string }[]> {
  return query(
    sql,
    `SELECT DISTINCT r.id::text AS "runId", r.agent_id::text AS "agentId"
       FROM halt h JOIN run r ON r.lease_until > h.engaged_at AND (r.closed_at IS NULL OR r.closed_at > h.engaged_at)
       JOIN upstream_run u ON u.run_id = r.id AND u.agent_id = r.agent_id
       LEFT JOIN halt_again g ON g.halt_id = h.id AND g.agent_id = r.agent_id AND g.stop = halt_stop_of(h.id, r.agent_id)
      WHERE h.lifted_at IS NULL AND h.scope NOT IN ('tool', 'server')
        AND (h.scope <> 'run' OR r.id::text = h.target) AND (h.scope <> 'agent' OR r.agent_id::text = h.target)
        AND NOT EXISTS (SELECT 1 FROM halt_run_stopped s WHERE s.halt_id = h.id AND s.run_id = r.id AND s.stop = coalesce(g.stop, 0))
        AND NOT EXISTS (SELECT 1 FROM action a WHERE a.run_id = r.id
              AND (a.status = 'claimed' OR (a.status = 'unknown' AND a.ended_at > coalesce(g.at, h.engaged_at))))
      LIMIT $1::int`,
    [most],
  )
}
