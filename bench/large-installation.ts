import type pg from 'pg'

export const AGENTS = 5_000
export const RUNS = 10_000
/** Of a thousand agents, so many have said that they and their runs stopped. */
export const CONFIRMED_OF_1000 = 800

/** The halt of the whole organisation that `fillLarge` engages. */
export const HALT_ID = '00000000-0000-7000-8004-000000000001'
/** Somebody who looks at it. */
export const VIEWER_ID = '00000000-0000-7000-8001-000000000001'

/**
 * Fills an empty database with a large installation under a halt of the organisation, made in the database: 5,000 agents of fifty teams, each with two
 * open runs, of which four fifths have confirmed; 1,000 approvals that wait. Ids are the same in every run.
 */
export async function fillLarge(pool: pg.Pool): Promise<void> {
  await pool.query(ROWS)
  await pool.query('ANALYZE')
}

const id = (kind: number, n: string) =>
  `('00000000-0000-7000-800${String(kind)}-' || lpad(to_hex(${n}), 12, '0'))::uuid`

const ROWS = `
  INSERT INTO team (id, name) SELECT ${id(0, 'i')}, 'Team ' || i FROM generate_series(1, 50) AS i;
  INSERT INTO person (id, email, name, roles) SELECT ${id(1, 'i')}, 'person-' || i || '@bench.example', 'Person ' || i, ARRAY['analyst'] FROM generate_series(1, 100) AS i;
  INSERT INTO agent (id, slug, purpose, owner_id, team_id, environment, review_date, state, registered_by, data_provider, data_region, data_retention, data_agreement,
      data_accepted_by, data_accepted_at)
    SELECT ${id(2, 'i')}, 'agent-' || lpad(i::text, 5, '0'), 'Bench', ${id(1, '1 + i % 100')}, ${id(0, '1 + i % 50')}, (ARRAY['production', 'staging', 'test'])[1 + i % 3],
      current_date + 60, 'active', ${id(1, '1')}, 'model host A', 'Frankfurt', '0 days', 'DPA of 2026-03-10', ${id(1, '1')}, now() FROM generate_series(1, ${String(AGENTS)}) AS i;
  INSERT INTO agent_sign (agent_id, sign, first_at, last_at, times)
    SELECT id, sign, now() - interval '2 days', now() - interval '1 hour', 9 FROM agent, unnest(ARRAY['own_token', 'gateway', 'halt_confirmed']) AS sign;
  INSERT INTO run (id, agent_id, opened_at, lease_until, renews, host)
    SELECT ${id(3, 'i')}, ${id(2, `1 + i % ${String(AGENTS)}`)}, now() - interval '1 hour', now() + interval '1 hour', true, 'worker-' || i FROM generate_series(1, ${String(RUNS)}) AS i;
  INSERT INTO halt (id, scope, target, reason, engaged_by, engaged_at, epoch) VALUES ('${HALT_ID}', 'organisation', '', 'Bench', ${id(1, '2')}, now() - interval '1 minute', 1);
  INSERT INTO halt_acknowledgement (halt_id, agent_id, at, runs)
    SELECT '${HALT_ID}', id, now() - interval '55 s', '[]' FROM agent WHERE ('x' || right(id::text, 8))::bit(32)::int % 1000 < ${String(CONFIRMED_OF_1000)};
  INSERT INTO halt_run_stopped (halt_id, run_id, agent_id, at)
    SELECT '${HALT_ID}', r.id, r.agent_id, now() - interval '55 s' FROM run r JOIN halt_acknowledgement k ON k.agent_id = r.agent_id;
  INSERT INTO approval (id, kind, subject_id, digest, agent_id, rule, expires_at)
    SELECT ${id(5, 'i')}, 'action', ${id(6, 'i')}, sha256(i::text::bytea), ${id(2, 'i')}, '{}', now() + interval '1 day' FROM generate_series(1, 1000) AS i;`
