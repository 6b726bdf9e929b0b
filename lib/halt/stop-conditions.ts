/** The agent `a` of a run `r`, where a halt `h` stops it as a whole and has not let it go: joined to both, here and in rooms that ask the same. */
export const COVERED = `JOIN agent a ON a.id = r.agent_id AND a.state = 'active' AND NOT (a.id = ANY (h.released)) AND CASE h.scope WHEN 'environment' THEN a.environment = h.target
      WHEN 'team' THEN a.team_id::text = h.target WHEN 'agent' THEN a.id::text = h.target WHEN 'run' THEN r.id::text = h.target
      ELSE h.scope NOT IN ('tool', 'server') END`

/** The agent `a` that has to hear of a halt `h` (lib/halt/read.ts, `concerns`): joined to it. */
export const CONCERNED = `JOIN agent a ON a.state = 'active' AND CASE WHEN h.scope IN ('tool', 'server') THEN true
      WHEN h.scope = 'run' THEN a.id = (SELECT x.agent_id FROM run x WHERE x.id = h.target::uuid)
      ELSE NOT (a.id = ANY (h.released)) AND CASE h.scope WHEN 'environment' THEN a.environment = h.target WHEN 'team' THEN a.team_id::text = h.target
        WHEN 'agent' THEN a.id::text = h.target ELSE true END END`

/** The stop `g` that a halt `h` asks of this agent now; none while it is the first. One look into the primary key: it is asked of thousands at once. */
export const askedOf = (agentId: 'a.id' | 'r.agent_id'): string =>
  `LEFT JOIN LATERAL (SELECT x.stop, x.at FROM halt_again x WHERE x.halt_id = h.id AND x.agent_id = ${agentId} ORDER BY x.stop DESC LIMIT 1) AS g ON true`

/** The same of the agent of a run `r`. */
export const ASKED = askedOf('r.agent_id')

/** Whether nothing of a run `r` is at work: no call of it is begun without an end, or ended since that stop in a way nobody knows. */
export const AT_REST = `NOT EXISTS (SELECT 1 FROM action x WHERE x.run_id = r.id
       AND (x.status = 'claimed' OR (x.status = 'unknown' AND x.ended_at > coalesce(g.at, h.engaged_at))))`

/** Whether a run `r` was alive when a halt `h` was engaged, or began later. */
export const ALIVE = `r.lease_until > h.engaged_at AND (r.closed_at IS NULL OR r.closed_at > h.engaged_at)`

/** The same of when its agent was asked again, where it was (`ASKED`). */
export const ALIVE_AGAIN = `(g.at IS NULL OR (r.lease_until > g.at AND (r.closed_at IS NULL OR r.closed_at > g.at)))`
