import type { Answer, ApprovalStatus } from '@/lib/approvals/approval'
import type { Answered } from '@/lib/approvals/fallen'
import type { openSealed } from '@/lib/ledger/open'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { frozenBy } from './store-actions'

/** A held action with its approval, its agent and its sealed words. Ids are bare UUIDs. */
export type InboxRow = {
  approval_id: string
  action_id: string
  status: ApprovalStatus
  digest: Uint8Array
  seats: number
  stakes: number
  /** the key of its kind, in hexadecimal */
  alike: string
  rule: unknown
  requester_id: string | null
  opened_at: Date
  expires_at: Date
  closed_at: Date | null
  /** the action that took its place */
  superseded_by: string | null
  /** the entry of the edit that stands */
  edit_id: string | null
  changed: readonly string[]
  reason_code: string
  run_id: string | null
  run_opened_at: Date | null
  run_tainted: boolean
  agent_id: string
  slug: string
  team_id: string
  environment: string
  owner_id: string
  owner: string
  boundary_version: number | null
  boundary_digest: Uint8Array | null
  signed_at: Date | null
  signer: string | null
  /** of a test request alone: the entry it is shown by, that of the action it was made from */
  shape?: Uint8Array | null
  /** of a test request alone: that action */
  template?: string | null
} & Parameters<typeof openSealed>[1]

const ALIKE = `coalesce(encode(p.alike, 'hex'), replace(p.id::text, '-', ''))`
const requestOf = (kind: 'action' | 'test', relation: string) => `
SELECT p.id::text AS approval_id, a.id::text AS action_id, p.status, p.digest, p.seats, p.stakes, p.rule, ${ALIKE} AS alike, p.requester_id::text AS requester_id,
       p.opened_at, p.expires_at, p.closed_at, p.superseded_by::text AS superseded_by, a.edit_id::text AS edit_id, p.changed, a.reason_code, a.run_id::text AS run_id, r.opened_at AS run_opened_at,
       r.tainted_at IS NOT NULL AS run_tainted, g.id::text AS agent_id, g.slug, g.team_id::text AS team_id, g.environment,
       g.owner_id::text AS owner_id, o.name AS owner, b.version AS boundary_version, b.digest AS boundary_digest, b.signed_at, s.name AS signer,
       e.envelope, c.ciphertext, k.id::text AS key_id, k.wrapped_dek,
       CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection
  FROM approval p
  JOIN ${relation} a ON a.id = p.subject_id
  JOIN agent g ON g.id = a.agent_id
  JOIN person o ON o.id = g.owner_id
  JOIN ledger.entry e ON e.id = a.id
  LEFT JOIN run r ON r.id = a.run_id
  LEFT JOIN boundary_version b ON b.id = a.boundary_id
  LEFT JOIN person s ON s.id = b.signed_by
  LEFT JOIN ledger.payload c ON c.entry_id = a.id
  LEFT JOIN ledger.subject_key k ON k.id = c.subject_key_id
  LEFT JOIN ledger.projection j ON j.entry_id = a.id
 WHERE p.kind = '${kind}'`
/** What looks like a held action and is none (ADR 0035): read in the same words, from a table of its own. */
const TEST_REQUEST = requestOf('test', '(SELECT t.*, NULL::uuid AS run_id, NULL::uuid AS edit_id FROM test_request t)')
/** One of either, by SQL for the id of its approval. */
const REQUEST = (
  id: string,
) => `(SELECT q.*, NULL::bytea AS shape, NULL AS template FROM (${requestOf('action', 'action')} AND p.id = ${id}) q
  UNION ALL SELECT q.*, s.envelope, t.template_id::text FROM (${TEST_REQUEST} AND p.id = ${id}) q
    JOIN test_request t ON t.id = q.action_id::uuid JOIN ledger.entry s ON s.id = t.template_id)`
/** Whether a test `t` is for a person, by SQL for their id. */
export const forThem = (person: string): string => `(cardinality(t.teams) + cardinality(t.people) = 0 OR EXISTS (
  SELECT FROM person x WHERE x.id = ${person} AND (x.id = ANY (t.people) OR x.team_id = ANY (t.teams))))`

/** Who looks: what waits they may see, and what of it they could answer. `everything`: they may read all; else what they own, and what asks them. */
export type Viewer = {
  everything: boolean
  personId: string
  /** every word that means them, or somebody they stand in for */
  words: readonly string[]
  /** the words that mean them alone; none where they may answer nothing */
  own: readonly string[]
  /** whom they stand in for, each with the words that mean them */
  absent: readonly { id: string; words: readonly string[] }[]
}

/** In which order, at most how many. */
export type InboxQuery = Viewer & { mine: boolean; order: 'deadline' | 'risk'; most: number }

/**
 * Requests that are alike, as one, those under a halt and those the viewer could answer apart: the one whose deadline is nearest stands for
 * them. `kinds` counts all there are.
 */
export type AlikeRow = InboxRow & { count: number; kinds: number }

const ASKS_ONE_OF = (
  words: string,
) => `(EXISTS (SELECT 1 FROM jsonb_array_elements(p.rule -> 'asked') AS seat WHERE seat ?| ${words})
  OR EXISTS (SELECT 1 FROM jsonb_array_elements(p.rule -> 'later') AS step WHERE step -> 'to' ?| ${words}
    AND p.opened_at + (step ->> 'after')::bigint * interval '1 millisecond' <= $1::timestamptz)
  OR (NOT p.rule ? 'asked' AND p.rule -> 'roles' ?| ${words}))`
const WAITS = `p.kind = 'action' AND p.status = 'pending' AND p.expires_at > $1::timestamptz
  AND ($2::boolean OR g.owner_id = $3::uuid OR ${ASKS_ONE_OF('string_to_array($4, chr(10))')})`

const APPROVED = (seat: string) =>
  `EXISTS (SELECT FROM verdict v WHERE v.approval_id = p.id AND v.answer = 'approve' AND v.seat = ${seat})`

// A seat that is free, due, and open to one of these words: `seatFor` of lib/approvals/seat.ts, as the rule stands now.
const SEAT_FOR = (words: string, orOwner: string) => {
  const named = (list: string) => `(${list} ?| ${words}${orOwner && ` OR (${list} ? 'owner' AND ${orOwner})`})`
  return `EXISTS (SELECT FROM jsonb_array_elements(p.rule -> 'asked') WITH ORDINALITY AS s(asked, n)
    WHERE (${named('s.asked')} OR EXISTS (SELECT FROM jsonb_array_elements(p.rule -> 'later') AS l(step)
        WHERE ${named("(l.step -> 'to')")} AND l.step -> 'seats' @> to_jsonb(s.n - 1)
          AND p.opened_at + (l.step ->> 'after')::bigint * interval '1 millisecond' <= $1::timestamptz))
      AND NOT ${APPROVED('s.n - 1')}
      AND (coalesce(p.rule -> 'follows' -> (s.n - 1)::integer, 'null') = 'null' OR ${APPROVED("(p.rule -> 'follows' ->> (s.n - 1)::integer)::integer")}))`
}
const SAME = (id: string) => `(g.owner_id::text = ${id} OR coalesce(p.rule ->> 'ownerId' = ${id}, false))`
const OWN_SEAT = `(${SEAT_FOR('string_to_array($5, chr(10))', "p.rule ->> 'ownerId' = $3::uuid::text AND $5 <> ''")}
  OR (NOT p.rule ? 'asked' AND p.rule -> 'roles' ?| string_to_array($5, chr(10))))`
const REQUESTER = `coalesce(p.requester_id::text, p.rule ->> 'requesterId')`
const ABSENT_SEAT = `EXISTS (SELECT FROM jsonb_array_elements($6::jsonb) AS x(away)
  WHERE x.away ->> 'id' IS DISTINCT FROM ${REQUESTER} AND NOT (p.seats = 1 AND ${SAME("(x.away ->> 'id')")})
    AND NOT EXISTS (SELECT FROM verdict v WHERE v.approval_id = p.id AND (x.away ->> 'id')::uuid IN (v.person_id, v.for_id))
    AND ${SEAT_FOR("ARRAY(SELECT jsonb_array_elements_text(x.away -> 'words'))", '')})`
// What one person could answer now: `seatOf` of read-inbox.ts, which has the last word, in SQL, so that what is counted and cut is theirs.
const MINE = (
  seat: string,
) => `(${REQUESTER} IS DISTINCT FROM $3::uuid::text AND NOT (p.seats = 1 AND ${SAME('$3::uuid::text')})
  AND NOT EXISTS (SELECT FROM verdict v WHERE v.approval_id = p.id AND (v.person_id = $3::uuid OR v.for_id = $3::uuid)) AND ${seat})`

const SEEN = `SELECT p.id, p.expires_at, p.stakes, ${ALIKE} AS alike, ${MINE(`(${OWN_SEAT} OR ${ABSENT_SEAT})`)} AS mine,
         ${frozenBy('(SELECT a.run_id::text FROM action a WHERE a.id = p.subject_id)', 'p.subject_id')} AS frozen
    FROM approval p JOIN agent g ON g.id = p.agent_id WHERE ${WAITS}`
// A test joins what it is like, for whoever could answer it and nobody else; a halt covers it as it would what it was made from (ADR 0035).
const SEEN_TESTS = `SELECT p.id, p.expires_at, p.stakes, ${ALIKE} AS alike, true AS mine, ${frozenBy('NULL', 't.template_id')} AS frozen
    FROM approval p JOIN test_request t ON t.id = p.subject_id JOIN agent g ON g.id = p.agent_id
   WHERE p.kind = 'test' AND p.status = 'pending' AND p.expires_at > $1::timestamptz AND ${forThem('$3::uuid')} AND ${MINE(OWN_SEAT)}`
const viewerOf = (now: Date, { everything, personId, words, own, absent }: Viewer) => [
  ...[now, String(everything), personId, words.join('\n'), own.join('\n'), JSON.stringify(absent)],
]

/** How many requests wait that a person may see, how many of them they could answer, and how many a halt has frozen. */
export async function countWaiting(
  sql: Sql,
  now: Date,
  viewer: Viewer,
): Promise<{ all: number; mine: number; frozen: number }> {
  const row = await queryOne<{ all: number; mine: number; frozen: number }>(
    sql,
    `SELECT count(*)::integer AS all, (count(*) FILTER (WHERE mine))::integer AS mine, (count(*) FILTER (WHERE frozen))::integer AS frozen FROM (${SEEN} UNION ALL ${SEEN_TESTS}) seen`,
    viewerOf(now, viewer),
  )
  return row ?? { all: 0, mine: 0, frozen: 0 }
}

/**
 * What waits, those that are alike as one; index approval_pending. Ten thousand that wait are counted, and no more than `most` are opened.
 */
export function listWaiting(sql: Sql, now: Date, query_: InboxQuery): Promise<AlikeRow[]> {
  const { mine, order, most } = query_
  return query(
    sql,
    `WITH kind AS (
       SELECT count(*)::integer AS count, min(expires_at) AS ends, max(stakes) AS stakes, (array_agg(id ORDER BY expires_at, id))[1] AS first
         FROM (${SEEN} UNION ALL ${SEEN_TESTS}) seen WHERE NOT $7::boolean OR mine GROUP BY alike, mine, frozen),
     shown AS (SELECT kind.*, count(*) OVER ()::integer AS kinds FROM kind
                ORDER BY CASE WHEN $8 = 'risk' THEN stakes END DESC NULLS LAST, ends, first LIMIT $9::integer)
     SELECT shown.count, shown.kinds, one.*
       FROM shown JOIN LATERAL ${REQUEST('shown.first')} AS one ON true
      ORDER BY CASE WHEN $8 = 'risk' THEN shown.stakes END DESC NULLS LAST, shown.ends, shown.first`,
    [...viewerOf(now, query_), String(mine), order, most],
  )
}

/** The requests that wait and are alike, the nearest deadline first, at most so many; `count` counts all. Index approval_waiting_alike. */
export function listAlike(
  sql: Sql,
  now: Date,
  query_: Viewer & { most: number },
  alike: string,
): Promise<(InboxRow & { count: number })[]> {
  const ofKind = `(p.alike = decode($7, 'hex') OR (p.alike IS NULL AND p.id = $7::uuid))`
  return query(
    sql,
    `WITH kind AS (SELECT id, expires_at, count(*) OVER ()::integer AS count FROM (${SEEN} AND ${ofKind} UNION ALL ${SEEN_TESTS} AND ${ofKind}) seen
        ORDER BY expires_at, id LIMIT $8::integer)
     SELECT kind.count, one.* FROM kind JOIN LATERAL ${REQUEST('kind.id')} AS one ON true ORDER BY kind.expires_at, kind.id`,
    [...viewerOf(now, query_), alike, query_.most],
  )
}

/** One request, whatever became of it; a test that waits only where it is for the person. */
export function findRequest(sql: Sql, approvalId: string, personId: string): Promise<InboxRow | null> {
  return queryOne(
    sql,
    `SELECT one.* FROM ${REQUEST('$1::uuid')} one
      WHERE one.shape IS NULL OR one.status <> 'pending' OR EXISTS (SELECT FROM test_request t WHERE t.id = one.action_id::uuid AND ${forThem('$2::uuid')})`,
    [approvalId, personId],
  )
}

export type GivenRow = {
  approval_id: string
  person_id: string
  name: string
  answer: Answer
  reason: string
  seat: number | null
  signed_with: string | null
  for_id: string | null
  for_name: string | null
  at: Date
  /** whoever gave it, and for whom, as they are now */
  who: Answered
  absent: Answered | null
}

const ANSWERED = (person: string) =>
  `json_build_object('active', ${person}.deactivated_at IS NULL, 'email', ${person}.email, 'roles', ${person}.roles, 'team', (SELECT m.name FROM team m WHERE m.id = ${person}.team_id))`

/** The verdicts on some approvals, in the order they were given. */
export function listGiven(sql: Sql, approvalIds: readonly string[]): Promise<GivenRow[]> {
  return query(
    sql,
    `SELECT v.approval_id::text AS approval_id, v.person_id::text AS person_id, p.name, v.answer, v.reason, v.seat, v.signed_with::text AS signed_with, v.at,
            v.for_id::text AS for_id, f.name AS for_name, ${ANSWERED('p')} AS who, CASE WHEN f.id IS NOT NULL THEN ${ANSWERED('f')} END AS absent
       FROM verdict v JOIN person p ON p.id = v.person_id LEFT JOIN person f ON f.id = v.for_id
      WHERE v.approval_id = ANY (string_to_array($1, ',')::uuid[]) ORDER BY v.at, v.id`,
    [approvalIds.join(',')],
  )
}

/** The newest verdict on any held action, for an inbox in which nothing waits. */
export function lastGiven(sql: Sql): Promise<{ name: string; answer: Answer; at: Date } | null> {
  return queryOne(
    sql,
    `SELECT p.name, v.answer, v.at FROM verdict v JOIN person p ON p.id = v.person_id JOIN approval a ON a.id = v.approval_id
      WHERE a.kind = 'action' ORDER BY v.id DESC LIMIT 1`,
  )
}

export type EarlierRow = {
  action_id: string
  opened_at: Date
  resource_type: string | null
  resource_id: string | null
  approval_status: ApprovalStatus
  expires_at: Date
  status: string
  by: string | null
}

/** Among how many of an agent's newest requests those of one kind are looked for. */
export const EARLIER_AMONG = 1_000

/** What became of the agent's requests for the same tool before: of its newest thousand, the newest few. Index approval_agent_id_id_idx. */
export function listEarlier(sql: Sql, row: InboxRow, tool: string, most: number): Promise<EarlierRow[]> {
  return query(
    sql,
    `SELECT a.id::text AS action_id, p.opened_at, j.resource_type, j.resource_id, p.status AS approval_status, p.expires_at, a.status,
            (SELECT x.name FROM verdict v JOIN person x ON x.id = v.person_id WHERE v.approval_id = p.id ORDER BY v.at DESC LIMIT 1) AS by
       FROM (SELECT * FROM approval WHERE agent_id = $1::uuid AND kind = 'action' AND id < $2::uuid ORDER BY id DESC LIMIT ${String(EARLIER_AMONG)}) p
       JOIN action a ON a.id = p.subject_id
       JOIN ledger.projection j ON j.entry_id = a.id AND j.tool = $3
      ORDER BY p.id DESC LIMIT $4::integer`,
    [row.agent_id, row.approval_id, tool, most],
  )
}

/** The names of people, by id. */
export async function namesOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await query<{ id: string; name: string }>(
    sql,
    `SELECT id::text AS id, name FROM person WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}
