import type { Severity } from '@/lib/alerts/alert'
import type { Given } from '@/lib/approvals/seat'
import { openPayloads, type OpenedPayload } from '@/lib/ledger/open'
import { query, type Sql } from '@/lib/ledger/sql'

/** An approval as messages need it: whom it asks, where it stands, and what of its words is not erased. Hostile text. */
export type ApprovalThing = {
  id: string
  kind: string
  status: string
  rule: unknown
  seats: number
  requesterId: string | null
  /** the verdicts so far */
  given: readonly Given[]
  openedAt: Date
  expiresAt: Date
  agentId: string | null
  slug: string | null
  ownerId: string | null
  teamId: string | null
  reason: string | null
  /** the rule that held it */
  heldBy: string | null
  /** the place in lib/decisions/stakes.ts */
  stakes: number
  tool: string | null
  resourceType: string | null
  resourceId: string | null
  by: string | null
  said: string | null
  /** of a test request alone (ADR 0035), which is told as an action: for whom it is, by id; null: for whoever may answer it in their own right */
  planted?: { only: string[] | null }
}

/** Approvals by id, with the verdicts on each. */
export async function approvalThings(sql: Sql, ids: readonly string[]): Promise<ApprovalThing[]> {
  if (ids.length === 0) return []
  const rows = await query<ApprovalThing & { test: string | null; only: string[] | null }>(
    sql,
    `SELECT p.id::text AS id, CASE WHEN t.id IS NULL THEN p.kind ELSE 'action' END AS kind, p.status, p.rule, p.seats, p.requester_id::text AS "requesterId",
            (SELECT coalesce(jsonb_agg(jsonb_build_object('personId', g.person_id, 'answer', g.answer, 'seat', g.seat, 'forId', g.for_id) ORDER BY g.at, g.id), '[]')
               FROM verdict g WHERE g.approval_id = p.id) AS given,
            p.opened_at AS "openedAt", p.expires_at AS "expiresAt",
            g.id::text AS "agentId", g.slug, g.owner_id::text AS "ownerId", g.team_id::text AS "teamId", coalesce(a.reason_code, t.reason_code) AS reason, coalesce(a.rule, t.rule) AS "heldBy", p.stakes,
            j.tool, j.resource_type AS "resourceType", j.resource_id AS "resourceId", v.name AS by, v.reason AS said,
            t.id::text AS test, CASE WHEN cardinality(t.teams) + cardinality(t.people) > 0 THEN
              to_jsonb(ARRAY(SELECT x.id::text FROM person x WHERE x.id = ANY (t.people) OR x.team_id = ANY (t.teams))) END AS only
       FROM approval p LEFT JOIN action a ON p.kind = 'action' AND a.id = p.subject_id LEFT JOIN test_request t ON p.kind = 'test' AND t.id = p.subject_id LEFT JOIN agent g ON g.id = p.agent_id
       LEFT JOIN ledger.projection j ON j.entry_id = a.id
       LEFT JOIN LATERAL (SELECT x.name, v.reason FROM verdict v JOIN person x ON x.id = v.person_id WHERE v.approval_id = p.id ORDER BY v.at DESC, v.id DESC LIMIT 1) v ON true
      WHERE p.id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
  const tests = rows.flatMap(({ test }) => test ?? [])
  const shown = tests.length === 0 ? null : await openPayloads(sql, tests)
  return rows.map(({ test, only, ...thing }) =>
    test === null ? thing : { ...thing, ...askedIn(shown?.get(test)), planted: { only } },
  )
}

type Asks = Pick<ApprovalThing, 'tool' | 'resourceType' | 'resourceId'>

/** What a test shows itself: no projection says it. */
function askedIn(opened: OpenedPayload | undefined): Asks {
  if (opened?.state !== 'open') return { tool: null, resourceType: null, resourceId: null }
  const { tool, resource } = opened.payload as { tool: string; resource: { type: string; id: string } | null } // written by plantTest
  return { tool, resourceType: resource?.type ?? null, resourceId: resource?.id ?? null }
}

/** The tests that wait, by their approvals. */
export async function waitingTests(sql: Sql, now: Date): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `SELECT p.id::text AS id FROM approval p WHERE p.kind = 'test' AND p.status = 'pending' AND p.expires_at > $1::timestamptz`,
    [now],
  )
  return rows.map(({ id }) => id)
}

/** Approvals of actions that end soon and of which nobody was told: they are noted as told, so that each is told once. */
export async function takeExpiring(
  sql: Sql,
  now: Date,
  most: number,
): Promise<{ id: string; agentId: string | null; ownerId: string | null }[]> {
  return query(
    sql,
    `WITH due AS (
       SELECT p.id FROM approval p WHERE p.status = 'pending' AND p.kind IN ('action', 'test') AND p.expires_at > $1::timestamptz
          AND p.expires_at <= $1::timestamptz + interval '30 minutes'
          AND $1::timestamptz >= p.expires_at - least(interval '30 minutes', (p.expires_at - p.opened_at) / 4)
          AND NOT EXISTS (SELECT FROM expiry_told t WHERE t.approval_id = p.id) ORDER BY p.expires_at LIMIT $2::int),
     told AS (INSERT INTO expiry_told (approval_id, at) SELECT id, $1::timestamptz FROM due ON CONFLICT DO NOTHING RETURNING approval_id)
     SELECT p.id::text AS id, p.agent_id::text AS "agentId", g.owner_id::text AS "ownerId"
       FROM told JOIN approval p ON p.id = told.approval_id LEFT JOIN agent g ON g.id = p.agent_id ORDER BY p.expires_at`,
    [now, most],
  )
}

export type BoundaryThing = {
  id: string
  slug: string | null
  version: number
  status: string
  draftedBy: string | null
  drafter: string | null
}

/** Versions of boundaries by id; `slug` is null for the baseline. */
export function boundaryThings(sql: Sql, ids: readonly string[]): Promise<BoundaryThing[]> {
  if (ids.length === 0) return Promise.resolve([])
  return query(
    sql,
    `SELECT b.id::text AS id, g.slug, b.version, b.status, b.drafted_by::text AS "draftedBy", p.name AS drafter
       FROM boundary_version b LEFT JOIN agent g ON g.id = b.agent_id LEFT JOIN person p ON p.id = b.drafted_by
      WHERE b.id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}

export type AlertThing = {
  id: string
  kind: string
  key: string
  severity: Severity
  count: number
  slug: string | null
  acknowledged: boolean
}

/** Alerts by id. */
export function alertThings(sql: Sql, ids: readonly string[]): Promise<AlertThing[]> {
  if (ids.length === 0) return Promise.resolve([])
  return query(
    sql,
    `SELECT a.id::text AS id, a.kind, a.key, a.severity, a.count, g.slug, a.acknowledged_at IS NOT NULL AS acknowledged
       FROM alert a LEFT JOIN agent g ON g.id = a.agent_id WHERE a.id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}

export type HaltThing = {
  id: string
  scope: string
  target: string
  name: string | null
  reason: string
  by: string | null
  lifted: boolean
}

/** Halts by id; `name` is that of the agent or the team they stop, where they stop one. */
export function haltThings(sql: Sql, ids: readonly string[]): Promise<HaltThing[]> {
  if (ids.length === 0) return Promise.resolve([])
  return query(
    sql,
    `SELECT h.id::text AS id, h.scope, h.target, coalesce(g.slug, t.name) AS name, h.reason, p.name AS by, h.lifted_at IS NOT NULL AS lifted
       FROM halt h LEFT JOIN agent g ON h.scope = 'agent' AND g.id::text = h.target LEFT JOIN team t ON h.scope = 'team' AND t.id::text = h.target
       LEFT JOIN person p ON p.id = h.engaged_by WHERE h.id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}

/** The teams of agents, by agent. */
export async function teamsOf(sql: Sql, agentIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (agentIds.length === 0) return new Map()
  const rows = await query<{ id: string; teamId: string }>(
    sql,
    `SELECT id::text AS id, team_id::text AS "teamId" FROM agent WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [agentIds.join(',')],
  )
  return new Map(rows.map(({ id, teamId }) => [id, teamId]))
}
