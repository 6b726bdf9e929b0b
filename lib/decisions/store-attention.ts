import type { ToolClass } from '@/lib/tools/tool'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { AttentionSetting, Ends, Pace } from './attention'

/** What a ciso last set; null: nothing yet. */
export function findAttentionSetting(sql: Sql): Promise<AttentionSetting | null> {
  return queryOne(
    sql,
    `SELECT days, least_verdicts AS "leastVerdicts", most_fast AS "mostFast", widen_days AS "widenDays", widen_requests AS "widenRequests"
       FROM attention_setting ORDER BY id DESC LIMIT 1`,
  )
}

export async function insertAttentionSetting(
  sql: Sql,
  row: AttentionSetting & { id: string; personId: string },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO attention_setting (id, set_by, days, least_verdicts, most_fast, widen_days, widen_requests)
     VALUES ($1::uuid, $2::uuid, $3::integer, $4::integer, $5::integer, $6::integer, $7::integer)`,
    [row.id, row.personId, row.days, row.leastVerdicts, row.mostFast, row.widenDays, row.widenRequests],
  )
}

export type EndsRow = Ends & { gate: string; week: string }

/** How questions of each kind ended, by week (its Monday), since a moment: one pass over index attention_asked_closed alone. */
export function countEnds(sql: Sql, since: Date): Promise<EndsRow[]> {
  return query(sql, ENDS, [since])
}

export const ENDS = `
SELECT gate::text AS gate, to_char(week AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS week, sum(n)::integer AS asked,
       coalesce(sum(n) FILTER (WHERE status = 'approved'), 0)::integer AS approved, coalesce(sum(n) FILTER (WHERE status = 'rejected'), 0)::integer AS rejected,
       coalesce(sum(n) FILTER (WHERE status = 'expired'), 0)::integer AS expired,
       coalesce(sum(n) FILTER (WHERE status NOT IN ('approved', 'rejected', 'expired')), 0)::integer AS other
  FROM (SELECT gate, status, date_bin('7 days', closed_at, '1970-01-05 00:00:00Z') AS week, count(*) AS n
          FROM attention_asked WHERE closed_at >= $1::timestamptz GROUP BY 1, 2, 3) k
 GROUP BY gate, week`

export type PaceRow = Pace & { gate: string | null; person: string | null }

/**
 * How verdicts were given since a moment: of each kind of question (`gate`), by each person (`person`), and of all (neither); one pass
 * over index attention_answered_at alone.
 */
export function countPace(sql: Sql, since: Date): Promise<PaceRow[]> {
  return query(sql, PACE, [since])
}

// Medians are taken from times counted to a twentieth of their size, so that nothing is sorted.
export const PACE = `
WITH cell AS MATERIALIZED (
  SELECT gate, person_id, floor(20 * ln(took_ms + 1))::integer AS step, count(*) AS n, count(*) FILTER (WHERE answer <> 'approve') AS refused,
         count(needs_ms) AS timed, count(*) FILTER (WHERE took_ms < needs_ms) AS fast
    FROM attention_answered WHERE at >= $1::timestamptz GROUP BY 1, 2, 3
), stepped AS (
  SELECT gate, person_id, step, sum(n) AS n, sum(refused) AS refused, sum(timed) AS timed, sum(fast) AS fast,
         grouping(gate) AS no_gate, grouping(person_id) AS no_person
    FROM cell GROUP BY GROUPING SETS ((gate, step), (person_id, step), (step))
), counted AS (
  SELECT *, sum(n) OVER up AS reached, sum(n) OVER whole AS total FROM stepped
  WINDOW whole AS (PARTITION BY no_gate, no_person, gate, person_id), up AS (PARTITION BY no_gate, no_person, gate, person_id ORDER BY step)
)
SELECT gate::text AS gate, person_id::text AS person, sum(n)::integer AS verdicts, sum(refused)::integer AS refused, sum(timed)::integer AS timed,
       sum(fast)::integer AS fast, round(exp((min(step) FILTER (WHERE reached * 2 >= total) + 0.5) / 20.0))::double precision AS "medianMs"
  FROM counted GROUP BY no_gate, no_person, gate, person_id`

/** How many requests that were shown to each person nobody answered, since a moment. */
export function countLeft(sql: Sql, since: Date): Promise<{ person: string; left: number }[]> {
  return query(
    sql,
    `SELECT s.person_id::text AS person, count(*)::integer AS left FROM attention_asked k JOIN shown s ON s.approval_id = k.approval_id
      WHERE k.closed_at >= $1::timestamptz AND k.status = 'expired' GROUP BY 1`,
    [since],
  )
}

export type GateRow = {
  gate: string
  agentId: string
  agent: string
  ownerId: string
  tool: string | null
  class: ToolClass | null
  reason: string
  rule: string | null
}

/** What some kinds of question are, by the newest of each; index attention_asked_gate. */
export function describeGates(sql: Sql, gates: readonly string[]): Promise<GateRow[]> {
  return query(
    sql,
    `SELECT g.gate::text AS gate, a.agent_id::text AS "agentId", n.slug AS agent, n.owner_id::text AS "ownerId", e.said ->> 'tool' AS tool,
            e.said -> 'class' AS class, a.reason_code AS reason, a.rule
       FROM unnest(string_to_array($1, ',')::bigint[]) AS g(gate)
      CROSS JOIN LATERAL (SELECT approval_id FROM attention_asked WHERE gate = g.gate ORDER BY closed_at DESC LIMIT 1) k
       JOIN approval p ON p.id = k.approval_id
       JOIN action a ON a.id = p.subject_id
       JOIN agent n ON n.id = a.agent_id
      CROSS JOIN LATERAL (SELECT convert_from(l.envelope, 'UTF8')::jsonb AS said FROM ledger.entry l WHERE l.id = a.id) e`,
    [gates.join(',')],
  )
}

/** The people who answered or were shown something, with the team they are of. */
export function describePeople(
  sql: Sql,
  ids: readonly string[],
): Promise<{ id: string; name: string; team: string | null }[]> {
  return query(
    sql,
    `SELECT p.id::text AS id, p.name, t.name AS team FROM person p LEFT JOIN team t ON t.id = p.team_id
      WHERE p.id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}
