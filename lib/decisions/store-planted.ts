import type { ApprovalStatus } from '@/lib/approvals/approval'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { frozenBy, type ActionRow } from './store-actions'
import { forThem } from './store-inbox'
import type { Flaw, Found } from './test-request'

/** Held actions of an agent that people approved, with one seat and under a boundary in force: what a test can be made from. */
export type TemplateRow = {
  action: string
  approval: string
  boundary: string
  reason: string
  rule: string | null
  waits: number
}

const MOST_TEMPLATES = 60

/** The newest first; index approval_agent_id_id_idx. None of an agent that is not active, or has nothing signed. */
export function listTemplates(sql: Sql, agentId: string): Promise<TemplateRow[]> {
  return query(
    sql,
    `SELECT a.id::text AS action, p.id::text AS approval, b.id::text AS boundary, a.reason_code AS reason, a.rule,
            (extract(epoch FROM p.expires_at - p.opened_at) * 1000)::double precision AS waits
       FROM agent g
      CROSS JOIN LATERAL (SELECT v.id FROM boundary_version v WHERE v.agent_id = g.id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b
      CROSS JOIN LATERAL (SELECT * FROM approval o WHERE o.agent_id = g.id AND o.kind = 'action' ORDER BY o.id DESC LIMIT 300) p
       JOIN action a ON a.id = p.subject_id
      WHERE g.id = $1::uuid AND g.state = 'active' AND p.seats = 1 AND p.status = 'approved'
      ORDER BY p.id DESC LIMIT ${MOST_TEMPLATES}`,
    [agentId],
  )
}

/** Agents of whose approved requests a test could be made, by id: for the plan to draw from. */
export async function agentsToTest(sql: Sql, since: Date): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `SELECT g.id::text AS id FROM agent g WHERE g.state = 'active' AND EXISTS (
       SELECT FROM approval p WHERE p.agent_id = g.id AND p.kind = 'action' AND p.status = 'approved' AND p.seats = 1 AND p.opened_at >= $1::timestamptz)
      ORDER BY g.id`,
    [since],
  )
  return rows.map(({ id }) => id)
}

export async function insertTest(
  sql: Sql,
  test: {
    id: string
    agentId: string
    template: TemplateRow
    flaw: Flaw
    digest: Buffer
    teams: readonly string[]
    people: readonly string[]
    by: string | null
    opensAt: Date
  },
): Promise<void> {
  const { template } = test
  await query(
    sql,
    `INSERT INTO test_request (id, agent_id, template_id, boundary_id, reason_code, rule, flaw, digest, teams, people, planted_by, opens_at, waits_ms)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5, $6, $7, $8::bytea, string_to_array($9, ',')::uuid[], string_to_array($10, ',')::uuid[], $11::uuid,
             $12::timestamptz, least(greatest($13::double precision, 3600000), 604800000)::bigint)`,
    [
      ...[
        test.id,
        test.agentId,
        template.action,
        template.boundary,
        template.reason,
        template.rule,
        test.flaw,
        test.digest,
      ],
      ...[test.teams.join(','), test.people.join(','), test.by, test.opensAt, template.waits],
    ],
  )
}

/** Tests whose time has come and that nobody was asked about yet. */
export async function testsToOpen(sql: Sql, now: Date): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `SELECT t.id::text AS id FROM test_request t WHERE t.opens_at <= $1::timestamptz AND NOT EXISTS (SELECT FROM approval p WHERE p.subject_id = t.id) ORDER BY t.opens_at LIMIT 50`,
    [now],
  )
  return rows.map(({ id }) => id)
}

/** Asks about a test as its template was asked about; false when somebody is asked already. */
export async function openTest(sql: Sql, id: string, approvalId: string, now: Date): Promise<boolean> {
  const rows = await query(
    sql,
    `INSERT INTO approval (id, kind, subject_id, digest, agent_id, requester_id, seats, rule, stakes, alike, opened_at, expires_at)
     SELECT $2::uuid, 'test', t.id, t.digest, t.agent_id, m.requester_id, 1, m.rule, m.stakes, m.alike, $3::timestamptz, $3::timestamptz + t.waits_ms * interval '1 millisecond'
       FROM test_request t JOIN action a ON a.id = t.template_id JOIN approval m ON m.id = a.approval_id
      WHERE t.id = $1::uuid AND NOT EXISTS (SELECT FROM approval p WHERE p.subject_id = t.id) RETURNING id`,
    [id, approvalId, now],
  )
  return rows.length === 1
}

export type OpenTestRow = {
  id: string
  agentId: string
  teamId: string
  environment: string
  ownerId: string
  flaw: Flaw
  /** the person is among those it is for */
  forThem: boolean
}

/** The test an approval asks about, for one person; null where it asks about no test. */
export function findTest(sql: Sql, approvalId: string, personId: string | null): Promise<OpenTestRow | null> {
  return queryOne(
    sql,
    `SELECT t.id::text AS id, t.agent_id::text AS "agentId", g.team_id::text AS "teamId", g.environment, g.owner_id::text AS "ownerId", t.flaw,
            ${forThem('$2::uuid')} AS "forThem"
       FROM approval p JOIN test_request t ON t.id = p.subject_id JOIN agent g ON g.id = t.agent_id
      WHERE p.id = $1::uuid AND p.kind = 'test'`,
    [approvalId, personId],
  )
}

/** A test as whoever answers actions sees one, though it is none: its id is that of no action. Null where it asks about no test. */
export function findPlanted(sql: Sql, approvalId: string): Promise<ActionRow | null> {
  return queryOne(
    sql,
    `SELECT a.id::text AS id, a.agent_id::text AS agent_id, g.slug, g.owner_id::text AS owner_id, NULL AS run_id, a.boundary_id::text AS boundary_id,
            b.version AS boundary_version, 'sha256:' || encode(b.digest, 'hex') AS boundary_digest, NULL AS baseline_digest, p.id::text AS approval_id, p.status AS approval_status,
            p.expires_at AS approval_expires_at, p.closed_at AS approval_closed_at, 'held' AS status, 'hold' AS decision, a.reason_code, a.rule, NULL AS tool,
            a.digest, NULL AS edit_id, NULL AS grant_hash, NULL AS grant_expires_at, NULL AS grant_used_at, false AS revoked,
            NULL AS question_id, NULL AS question_text, NULL AS question_at, NULL AS run_closed_at, NULL AS run_lease_until, ${frozenBy('NULL', 'a.template_id')} AS frozen, '0' AS gate_epoch, true AS planted
       FROM approval p JOIN (SELECT t.*, NULL::uuid AS run_id FROM test_request t) a ON a.id = p.subject_id JOIN agent g ON g.id = a.agent_id
       JOIN boundary_version b ON b.id = a.boundary_id
      WHERE p.id = $1::uuid AND p.kind = 'test'`,
    [approvalId],
  )
}

/** Tests that wait and whose time is over, or whose agent is bound by another boundary by now. */
export async function testsToEnd(sql: Sql, now: Date): Promise<{ approval: string; to: 'expired' | 'withdrawn' }[]> {
  return query(
    sql,
    `SELECT p.id::text AS approval, CASE WHEN p.expires_at <= $1::timestamptz THEN 'expired' ELSE 'withdrawn' END AS to
       FROM approval p JOIN test_request t ON t.id = p.subject_id
      WHERE p.kind = 'test' AND p.status = 'pending' AND (p.expires_at <= $1::timestamptz
         OR t.boundary_id IS DISTINCT FROM (SELECT v.id FROM boundary_version v WHERE v.agent_id = t.agent_id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1))`,
    [now],
  )
}

/** One test as the page lists it. `found` is null while it waits, or where it was withdrawn. */
export type TestRow = {
  id: string
  approval: string | null
  agent: string
  flaw: Flaw
  plantedBy: string | null
  opensAt: Date
  closedAt: Date | null
  status: ApprovalStatus | null
  personId: string | null
  person: string | null
  team: string | null
  found: Found | null
}

/** Tests since a moment, the newest first. */
export function listTests(sql: Sql, since: Date, most: number): Promise<TestRow[]> {
  return query(
    sql,
    `SELECT t.id::text AS id, p.id::text AS approval, g.slug AS agent, t.flaw, x.name AS "plantedBy", t.opens_at AS "opensAt", p.closed_at AS "closedAt", p.status,
            v.person_id::text AS "personId", y.name AS person, m.name AS team,
            CASE WHEN v.answer = 'approve' THEN 'missed' WHEN v.id IS NOT NULL THEN 'found' WHEN p.status = 'expired' THEN 'unanswered' END AS found
       FROM test_request t JOIN agent g ON g.id = t.agent_id LEFT JOIN person x ON x.id = t.planted_by
       LEFT JOIN approval p ON p.subject_id = t.id AND p.kind = 'test'
       LEFT JOIN LATERAL (SELECT * FROM verdict w WHERE w.approval_id = p.id ORDER BY w.id LIMIT 1) v ON true
       LEFT JOIN person y ON y.id = v.person_id LEFT JOIN team m ON m.id = y.team_id
      WHERE t.opens_at >= $1::timestamptz ORDER BY t.opens_at DESC LIMIT $2::integer`,
    [since, most],
  )
}

export type PlanRow = {
  id: string
  perMonth: number
  flaws: Flaw[]
  teams: string[]
  people: string[]
  seed: Uint8Array
  by: string
  setAt: Date
}

/** The plan that holds; null where nobody made one. */
export function newestPlan(sql: Sql): Promise<PlanRow | null> {
  return queryOne(
    sql,
    `SELECT l.id::text AS id, l.per_month AS "perMonth", to_jsonb(l.flaws) AS flaws, to_jsonb(l.teams) AS teams, to_jsonb(l.people) AS people, l.seed, p.name AS by, l.set_at AS "setAt"
       FROM test_plan l JOIN person p ON p.id = l.set_by ORDER BY l.id DESC LIMIT 1`,
  )
}

export async function insertPlan(
  sql: Sql,
  plan: Pick<PlanRow, 'id' | 'perMonth' | 'flaws' | 'teams' | 'people'> & { seed: Buffer; personId: string },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO test_plan (id, per_month, flaws, teams, people, seed, set_by) VALUES ($1::uuid, $2::integer, string_to_array($3, ','),
       string_to_array($4, ',')::uuid[], string_to_array($5, ',')::uuid[], $6::bytea, $7::uuid)`,
    [
      plan.id,
      plan.perMonth,
      plan.flaws.join(','),
      plan.teams.join(','),
      plan.people.join(','),
      plan.seed,
      plan.personId,
    ],
  )
}

/** Which of some local moments of a plan are over, lie after it was made, and had nothing come of them yet. */
export async function dueMoments(sql: Sql, planId: string, moments: readonly string[], now: Date): Promise<Date[]> {
  const rows = await query<{ at: Date }>(
    sql,
    `SELECT m.at FROM (SELECT local::timestamp AT TIME ZONE o.time_zone AS at FROM unnest(string_to_array($2, ',')) AS local, organisation o) m JOIN test_plan l ON l.id = $1::uuid
      WHERE m.at <= $3::timestamptz AND m.at > l.set_at AND NOT EXISTS (SELECT FROM test_slot s WHERE s.plan_id = l.id AND s.at = m.at) ORDER BY m.at`,
    [planId, moments.join(','), now],
  )
  return rows.map(({ at }) => at)
}

export async function insertSlot(sql: Sql, planId: string, at: Date, testId: string | null): Promise<void> {
  await query(
    sql,
    'INSERT INTO test_slot (plan_id, at, test_id) VALUES ($1::uuid, $2::timestamptz, $3::uuid) ON CONFLICT DO NOTHING',
    [planId, at, testId],
  )
}

/** Makes one server at a time plant and open; the others find it done. True for the one. */
export async function lockPlanting(sql: Sql): Promise<boolean> {
  const row = await queryOne<{ got: boolean }>(
    sql,
    `SELECT pg_try_advisory_xact_lock(hashtextextended('test requests', 0)) AS got`,
  )
  return row?.got === true
}
