import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { uuidv7 } from '@/lib/core/ids'
import { prepare } from '@/lib/ledger/prepare'
import { subjectKey } from '@/lib/ledger/subject-key'
import { OFF_ON_PARTITIONS, PAST_MONTHS } from './entries'

const DAYS = 30
const BATCH = 2_000
export const AGENT = '00000000-0000-7000-8002-000000000001'
const OWNER = '00000000-0000-7000-8001-000000000001'

/**
 * Fills an empty ledger with `plain` decisions about one agent in the last thirty days, made in the database, of thirty tools and the
 * answers that boundaries give; and with `sealed` ones between them, made as the server makes them: with a payload that opens.
 */
export async function fillPast(
  pool: pg.Pool,
  { plain, sealed }: { plain: number; sealed: number },
  say: (line: string) => void,
): Promise<void> {
  const client = await pool.connect()
  const first = Date.now() - DAYS * 86_400_000
  try {
    await client.query(`SET synchronous_commit = off; SET work_mem = '256MB'; SET jit = off`)
    await client.query(PEOPLE)
    await client.query(PAST_MONTHS)
    for (const table of ['entry', 'projection', 'payload'])
      await client.query(`ALTER TABLE ledger.${table} DISABLE TRIGGER ALL`)
    await client.query(OFF_ON_PARTITIONS)
    await client.query(OFF_ON_PAYLOADS)
    for (let from = 0; from < plain; from += 250_000) {
      const to = Math.min(plain, from + 250_000)
      await client.query(PLAIN, [from, to, plain, first])
      say(`${to.toLocaleString('en')} decisions`)
    }
    const key = await subjectKey(client, `agent:${AGENT}`)
    for (let from = 0; from < sealed; from += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, sealed - from) }, (_, i) =>
        decision(from + i, sealed, first, key),
      )
      await insert(client, rows)
    }
    say(`${sealed.toLocaleString('en')} of them sealed with their arguments`)
    await client.query('VACUUM ANALYZE ledger.entry')
    await client.query('VACUUM ANALYZE ledger.projection')
    await client.query('VACUUM ANALYZE ledger.payload')
  } finally {
    client.release(true)
  }
}

function decision(i: number, count: number, first: number, key: Parameters<typeof prepare>[2]) {
  const at = first + Math.floor((i / count) * DAYS * 86_400_000) + 1
  const tool = 'crm.refund'
  const amount = (i * 37) % 500
  return prepare(
    uuidv7(at, randomBytes(10)),
    {
      kind: 'action.decided',
      actor: 'agent',
      agent: AGENT,
      owner: OWNER,
      outcome: 'allow',
      reason: 'autonomous',
      rule: 'autonomous[0]',
      tool,
      class: { access: 'write', reversible: true },
      payload: {
        tool,
        arguments: { order: `A-${String(i)}`, amount, currency: 'EUR', note: 'as the customer asked, after a call' },
        resource: { type: 'order', id: `A-${String(i)}` },
        requester: null,
        reasons: [{ code: 'autonomous', rule: 'autonomous[0]', text: 'The boundary names this action as autonomous.' }],
      },
      projection: { tool, resource_type: 'order', resource_id: `A-${String(i)}`, sentence: 'refunds an order', amount },
    },
    key,
    { nonce: randomBytes(32), iv: randomBytes(12) },
  )
}

async function insert(client: pg.PoolClient, rows: readonly ReturnType<typeof prepare>[]): Promise<void> {
  await client.query(
    `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::bytea[], $5::text[], $6::float8[]) AS g (id, envelope, key, ciphertext, resource, amount)),
       entries AS (INSERT INTO ledger.entry (id, recorded_at, kind, outcome, reason_code, agent_id, envelope)
         SELECT id, now(), 'action.decided', 'allow', 'autonomous', '${AGENT}', envelope FROM given),
       payloads AS (INSERT INTO ledger.payload (entry_id, subject_key_id, ciphertext) SELECT id, key, ciphertext FROM given)
     INSERT INTO ledger.projection (entry_id, tool, resource_type, resource_id, sentence, amount)
       SELECT id, 'crm.refund', 'order', resource, 'refunds an order', amount FROM given`,
    [
      rows.map(({ id }) => id),
      rows.map(({ envelope }) => envelope),
      rows.map(({ payload }) => payload?.subject),
      rows.map(({ payload }) => payload?.ciphertext),
      rows.map(({ projection }) => projection?.resource_id),
      rows.map(({ projection }) => projection?.amount),
    ],
  )
}

const PEOPLE = `
  INSERT INTO organisation (name) VALUES ('Bench') ON CONFLICT DO NOTHING;
  INSERT INTO team (id, name) VALUES ('00000000-0000-7000-8000-000000000001', 'Bench');
  INSERT INTO person (id, email, name, roles) VALUES ('${OWNER}', 'person@bench.example', 'Person', '{}');
  INSERT INTO agent (id, slug, purpose, owner_id, team_id, environment, review_date, registered_by)
    VALUES ('${AGENT}', 'busy', 'Bench', '${OWNER}', '00000000-0000-7000-8000-000000000001', 'production', current_date + 60, '${OWNER}');`

const OFF_ON_PAYLOADS = `DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'ledger.payload'::regclass LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', part);
  END LOOP;
END $$`

const PLAIN = `WITH numbered AS (
    SELECT i, (lpad(to_hex(($4::bigint + i * (${String(DAYS)} * 86400000.0 / $3::bigint))::bigint), 12, '0')
      || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid AS id, i % 30 AS tool, i % 20 AS draw
    FROM generate_series($1::bigint, $2::bigint - 1) AS i),
  shown AS (INSERT INTO ledger.projection (entry_id, tool, resource_type, resource_id, sentence)
    SELECT id, 'siem.tool_' || tool, 'host', 'h-' || i, 'looks at a host' FROM numbered)
  INSERT INTO ledger.entry (id, recorded_at, kind, outcome, reason_code, agent_id, envelope)
    SELECT id, now(), 'action.decided', CASE WHEN draw < 17 THEN 'allow' WHEN draw < 19 THEN 'hold' ELSE 'forbid' END,
      CASE WHEN draw < 17 THEN 'read_in_scope' WHEN draw < 19 THEN 'approval_required' ELSE 'halted' END, '${AGENT}',
      convert_to('{"accountable":"person:${OWNER}","actor":"agent","agent":"${AGENT}","boundary":{"digest":"sha256:' || md5(i::text) || md5(i::text)
        || '","version":1},"class":{"access":"read"},"commitment":"' || left(md5(i::text) || md5(i::text), 43) || '","id":"' || id || '","kind":"action.decided","outcome":"'
        || CASE WHEN draw < 17 THEN 'allow' WHEN draw < 19 THEN 'hold' ELSE 'forbid' END || '","owner":"${OWNER}","reason":"'
        || CASE WHEN draw < 17 THEN 'read_in_scope' WHEN draw < 19 THEN 'approval_required' ELSE 'halted' END || '","rule":"mcp_scopes.siem","run":"' || id
        || '","time":"2026-01-01T00:00:00.000Z","tool":"siem.tool_' || tool || '","v":1}', 'UTF8') FROM numbered ORDER BY i`
