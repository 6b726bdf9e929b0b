import type pg from 'pg'

const AGENTS = 200
const DAYS = 90

/**
 * Fills an empty ledger with `count` entries of the last ninety days, made in the database: entries with their real bytes, projections
 * and places in the log; no payloads and no tree, which no search reads. Common, rare and long-gone values of every field are among
 * them. Triggers are off and the indexes are built afterwards, so that ten million take minutes.
 */
export async function fillLedger(pool: pg.Pool, count: number, say: (line: string) => void): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(
      `SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'; SET jit = off`,
    )
    await client.query(PEOPLE_AND_AGENTS)
    await client.query(PAST_MONTHS)
    const { rows: indexes } = await client.query<{ definition: string; name: string }>(
      `SELECT pg_get_indexdef(i.indexrelid) AS definition, c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
       WHERE n.nspname = 'ledger' AND t.relname IN ('entry', 'projection') AND t.relkind = 'p' AND NOT i.indisprimary`,
    )
    for (const { name } of indexes) await client.query(`DROP INDEX ledger.${client.escapeIdentifier(name)}`)
    for (const table of ['entry', 'projection', 'leaf'])
      await client.query(`ALTER TABLE ledger.${table} DISABLE TRIGGER ALL`)
    await client.query(OFF_ON_PARTITIONS)
    const first = Date.now() - DAYS * 86_400_000
    const batch = Math.min(count, 500_000)
    for (let from = 0; from < count; from += batch) {
      const to = Math.min(from + batch, count)
      await client.query(ENTRIES, [from, to, count, first])
      await client.query(PROJECTIONS, [from, to, count, first])
      say(`${to.toLocaleString('en')} entries`)
    }
    for (const { definition, name } of indexes) {
      say(`index ${name}`)
      await client.query(definition.replace(' ON ONLY ', ' ON '))
    }
    await client.query('VACUUM ANALYZE ledger.entry')
    await client.query('VACUUM ANALYZE ledger.projection')
    await client.query('VACUUM ANALYZE ledger.leaf')
  } finally {
    client.release(true)
  }
}

/** Ids that the database makes of a number are the same in every run. */
const PEOPLE_AND_AGENTS = `
  INSERT INTO team (id, name) VALUES ('00000000-0000-7000-8000-000000000001', 'Bench');
  INSERT INTO person (id, email, name, roles) SELECT ('00000000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, 'person-' || i || '@bench.example',
    'Person ' || i, ARRAY['auditor'] FROM generate_series(1, 40) AS i;
  INSERT INTO agent (id, slug, purpose, owner_id, team_id, environment, review_date, registered_by)
    SELECT ('00000000-0000-7000-8002-' || lpad(to_hex(i), 12, '0'))::uuid, 'agent-' || i, 'Bench', ('00000000-0000-7000-8001-' || lpad(to_hex(1 + i % 40), 12, '0'))::uuid,
      '00000000-0000-7000-8000-000000000001', (ARRAY['production', 'staging', 'test'])[1 + i % 3], current_date + 60, '00000000-0000-7000-8001-000000000001'
      FROM generate_series(1, ${String(AGENTS)}) AS i;
  INSERT INTO tool (id, server, name, access, reversible, source, confirmed_by, confirmed_at)
    SELECT ('00000000-0000-7000-8003-' || lpad(to_hex(i), 12, '0'))::uuid, (ARRAY['crm', 'edr', 'siem', 'tickets'])[1 + i % 4], 'tool_' || i, 'read', NULL, 'person',
      '00000000-0000-7000-8001-000000000001', now() FROM generate_series(1, 60) AS i;`

/** Tables for the months of those ninety days. */
export const PAST_MONTHS = `DO $$
DECLARE month timestamptz; parent text;
BEGIN
  FOR month IN SELECT generate_series(date_trunc('month', now() - interval '${String(DAYS + 1)} days'), date_trunc('month', now()) - interval '1 month', interval '1 month') LOOP
    FOREACH parent IN ARRAY ARRAY['entry', 'payload', 'projection'] LOOP
      CONTINUE WHEN to_regclass('ledger.' || parent || '_' || to_char(month, 'YYYY_MM')) IS NOT NULL;
      EXECUTE format('CREATE TABLE ledger.%I PARTITION OF ledger.%I FOR VALUES FROM (%L) TO (%L)', parent || '_' || to_char(month, 'YYYY_MM'), parent,
        ledger.first_id(month), ledger.first_id(month + interval '1 month'));
    END LOOP;
  END LOOP;
END $$`

/** Lets rows in that are not of now. */
export const OFF_ON_PARTITIONS = `DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent IN ('ledger.entry'::regclass, 'ledger.projection'::regclass) LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', part);
  END LOOP;
END $$`

/** Entry number i: its id, whose agent it is (a few are busy), and what chance it drew. */
const NUMBERED = `SELECT i, md5(i::text) AS h,
    (lpad(to_hex(($4::bigint + i * (${String(DAYS)} * 86400000.0 / $3::bigint))::bigint), 12, '0')
      || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid AS id,
    1 + floor(${String(AGENTS)} * power(('x' || substr(md5(i::text), 20, 6))::bit(24)::int / 16777216.0, 3))::int AS agent,
    ('x' || substr(md5(i::text), 26, 5))::bit(20)::int % 10000 AS draw
  FROM generate_series($1::bigint, $2::bigint - 1) AS i`

const ENTRIES = `WITH numbered AS (${NUMBERED}),
  said AS (SELECT *, ('00000000-0000-7000-8002-' || lpad(to_hex(agent), 12, '0')) AS agent_id, ('00000000-0000-7000-8001-' || lpad(to_hex(1 + agent % 40), 12, '0')) AS owner_id,
    CASE WHEN draw < 7000 THEN 'action.decided' WHEN draw < 9000 THEN 'action.completed' WHEN draw < 9500 THEN 'approval.approved' WHEN draw < 9600 THEN 'approval.rejected' ELSE 'person.signed_in' END AS kind,
    CASE WHEN draw < 5600 THEN 'allow' WHEN draw < 6400 THEN 'hold' WHEN draw < 7000 THEN 'forbid' WHEN draw < 8900 THEN 'succeeded' WHEN draw < 9000 THEN 'failed' WHEN draw < 9500 THEN 'approved' WHEN draw < 9600 THEN 'rejected' END AS outcome,
    CASE WHEN draw < 3000 THEN 'read_in_scope' WHEN draw < 5600 THEN 'autonomous' WHEN draw < 6000 THEN 'approval_required' WHEN draw < 6400 THEN 'external' WHEN draw < 6990 THEN 'out_of_scope' WHEN draw < 6999 THEN 'never' WHEN draw < 7000 THEN 'secret_in_arguments' END AS reason
    FROM numbered),
  added AS (INSERT INTO ledger.entry (id, recorded_at, kind, outcome, reason_code, agent_id, action_id, person_id, envelope)
    SELECT id, now(), kind, outcome, reason, CASE WHEN draw < 9600 THEN agent_id::uuid END, CASE WHEN draw BETWEEN 7000 AND 9599 THEN id END,
      CASE WHEN draw >= 9600 THEN owner_id::uuid END,
      convert_to('{"about":{"boundary":"' || agent_id || '","credential":"' || agent_id || '"},"accountable":"person:' || owner_id || '","actor":"agent","agent":"' || agent_id
        || '","boundary":{"digest":"sha256:' || h || h || '","version":' || 1 + agent % 7 || '},"class":{"access":"' || CASE WHEN draw % 3 = 0 THEN 'write' ELSE 'read' END || '"},"commitment":"' || left(h || h, 43)
        || '","id":"' || id || '","kind":"' || kind || '",' || CASE WHEN draw = 9 THEN '"labels":["drill"],' ELSE '' END || '"owner":"' || owner_id || '",'
        || CASE WHEN reason = 'never' THEN '"rule":"never[' || agent % 5 || ']",' WHEN draw < 7000 THEN '"rule":"autonomous[' || agent % 9 || ']",' ELSE '' END
        || '"time":"2026-01-01T00:00:00.000Z",' || CASE WHEN draw < 7000 THEN '"tool":"' || (ARRAY['crm', 'edr', 'siem', 'tickets'])[1 + (draw % 60 + 1) % 4] || '.tool_' || draw % 60 + 1 || '",' ELSE '' END || '"v":1}', 'UTF8')
    FROM said ORDER BY i RETURNING id)
  INSERT INTO ledger.leaf (idx, entry_id) SELECT i, id FROM numbered ORDER BY i`

const PROJECTIONS = `WITH numbered AS (${NUMBERED})
  INSERT INTO ledger.projection (entry_id, tool, resource_type, resource_id, requester, requester_proof, sentence, signals, intel, skill, confidence, amount)
  SELECT id, (ARRAY['crm', 'edr', 'siem', 'tickets'])[1 + (draw % 60 + 1) % 4] || '.tool_' || draw % 60 + 1, (ARRAY['host', 'order', 'ticket'])[1 + draw % 3],
    'r-' || ('x' || substr(h, 1, 5))::bit(20)::int, CASE WHEN draw % 4 = 0 THEN 'user-' || draw % 500 || '@corp.example' END, CASE WHEN draw % 4 = 0 THEN 'asserted' END,
    'agent-' || agent || ' uses tool ' || draw % 60 + 1 || ' on item ' || substr(h, 1, 6) || CASE WHEN draw = 17 THEN ' with an unusual penguin' ELSE ' as planned' END,
    CASE WHEN draw % 5 = 0 THEN ARRAY['signal ' || draw % 200, 'source ' || draw % 30] END, CASE WHEN draw % 25 = 0 THEN ARRAY['feed ' || draw % 40] END,
    CASE WHEN draw % 5 = 0 THEN 'skill-' || draw % 30 END, CASE WHEN draw % 5 = 0 THEN (draw % 100) / 100.0 END, CASE WHEN draw % 10 = 0 THEN (i % 100000) / 10.0 END
  FROM numbered WHERE draw < 7000 ORDER BY i`
