/** The agent `a` of a run `r`, where a halt `h` stops it as a whole and has not let it go: joined to both, here and in rooms that ask the same. */
export const COVERED = `JOIN agent a ON a.id = r.agent_id AND a.state = 'active' AND NOT (a.id = ANY (h.released)) AND CASE h.scope WHEN 'environment' THEN a.environment = h.target
      WHEN 'team' THEN a.team_id::text = h.target WHEN 'agent' THEN a.id::text = h.target WHEN 'run' THEN r.id::text = h.target
      ELSE h.scope NOT IN ('tool', 'server') END`

/** The stop `g` that a halt `h` asks of the agent of a run `r` now; none while it is the first. */
export const ASKED = `LEFT JOIN halt_again g ON g.halt_id = h.id AND g.agent_id = r.agent_id AND g.stop = halt_stop_of(h.id, r.agent_id)`

/** Whether nothing of a run `r` is at work: no call of it is begun without an end, or ended since that stop in a way nobody knows. */
export const AT_REST = `NOT EXISTS (SELECT 1 FROM action x WHERE x.run_id = r.id
       AND (x.status = 'claimed' OR (x.status = 'unknown' AND x.ended_at > coalesce(g.at, h.engaged_at))))`
