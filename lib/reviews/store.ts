import type { openSealed } from '@/lib/ledger/open'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { Finding } from './review'

/** An entry that leaves a review owed. */
export type NewReview = { actionId: string; agentId: string; ownerId: string; index: number; at: Date }

/**
 * Writes what is owed, once an action however often the log is read. Whom the agent acted for is known where the name it gave is that
 * of somebody who can sign in.
 */
export async function insertOwed(sql: Sql, owed: NewReview): Promise<boolean> {
  const rows = await query<{ id: string }>(
    sql,
    `INSERT INTO review (action_id, agent_id, owner_id, requester_id, index, owed_at)
     SELECT $1::uuid, $2::uuid, $3::uuid,
            (SELECT p.id FROM ledger.projection j JOIN person p ON p.email = lower(j.requester) WHERE j.entry_id = $1::uuid),
            $4::bigint, $5::timestamptz
      WHERE EXISTS (SELECT FROM action WHERE id = $1::uuid)
     ON CONFLICT DO NOTHING RETURNING action_id::text AS id`,
    [owed.actionId, owed.agentId, owed.ownerId, owed.index, owed.at],
  )
  return rows.length === 1
}

/** What closes one. False: somebody else closed it first. The database refuses whoever may not (trigger `review_closing_check`). */
export async function insertClosing(
  sql: Sql,
  closing: { actionId: string; personId: string; finding: Finding; note: string },
): Promise<boolean> {
  const rows = await query<{ id: string }>(
    sql,
    `INSERT INTO review_closing (action_id, person_id, finding, note) VALUES ($1::uuid, $2::uuid, $3, $4)
     ON CONFLICT DO NOTHING RETURNING action_id::text AS id`,
    [closing.actionId, closing.personId, closing.finding, closing.note],
  )
  return rows.length === 1
}

/** One review with what a rule asks about it. Ids are bare UUIDs. */
export type ReviewRow = {
  action_id: string
  agent_id: string
  slug: string
  owner_id: string
  owner: string
  owner_then_id: string
  requester_id: string | null
  status: string
  owed_at: Date
  closed_at: Date | null
  finding: Finding | null
  note: string | null
  closed_by: string | null
  days: number
  sentence: string | null
}

const REVIEW = `
SELECT r.action_id::text AS action_id, r.agent_id::text AS agent_id, g.slug, g.owner_id::text AS owner_id, o.name AS owner,
       r.owner_id::text AS owner_then_id, r.requester_id::text AS requester_id, a.status, r.owed_at, r.closed_at, c.finding, c.note,
       x.name AS closed_by, h.review_days AS days, j.sentence
  FROM review r
  JOIN agent g ON g.id = r.agent_id
  JOIN person o ON o.id = g.owner_id
  JOIN action a ON a.id = r.action_id
  CROSS JOIN organisation h
  LEFT JOIN review_closing c ON c.action_id = r.action_id
  LEFT JOIN person x ON x.id = c.person_id
  LEFT JOIN ledger.projection j ON j.entry_id = r.action_id`

/** Whose: an agent's, or those of the agents somebody owns; nothing is left out where neither is said. */
export type Whose = { slug: string | null; ownerId: string | null }

/** What is open, the oldest first, from behind a cursor on; index `review_open`. */
export function listOpen(
  sql: Sql,
  whose: Whose,
  after: { at: Date; id: string } | null,
  most: number,
): Promise<ReviewRow[]> {
  return query(
    sql,
    `${REVIEW} WHERE r.closed_at IS NULL AND ($1::text IS NULL OR g.slug = $1) AND ($2::uuid IS NULL OR g.owner_id = $2::uuid)
       AND ($3::timestamptz IS NULL OR (r.owed_at, r.action_id) > ($3::timestamptz, $4::uuid))
     ORDER BY r.owed_at, r.action_id LIMIT $5::integer`,
    [whose.slug, whose.ownerId, after?.at ?? null, after?.id ?? null, most],
  )
}

/** What was closed, the newest first; index `review_closed`. */
export function listClosed(
  sql: Sql,
  whose: Whose,
  before: { at: Date; id: string } | null,
  most: number,
): Promise<ReviewRow[]> {
  return query(
    sql,
    `${REVIEW} WHERE r.closed_at IS NOT NULL AND ($1::text IS NULL OR g.slug = $1) AND ($2::uuid IS NULL OR g.owner_id = $2::uuid)
       AND ($3::timestamptz IS NULL OR (r.closed_at, r.action_id) < ($3::timestamptz, $4::uuid))
     ORDER BY r.closed_at DESC, r.action_id DESC LIMIT $5::integer`,
    [whose.slug, whose.ownerId, before?.at ?? null, before?.id ?? null, most],
  )
}

/** One review; null where that action owes none. */
export function findReview(sql: Sql, actionId: string): Promise<ReviewRow | null> {
  return queryOne(sql, `${REVIEW} WHERE r.action_id = $1::uuid`, [actionId])
}

/** The sealed words of the change, and what it ran under. */
export type ChangeRow = Parameters<typeof openSealed>[1]

/** The words of one change. */
export function findChange(sql: Sql, actionId: string): Promise<ChangeRow | null> {
  return queryOne(
    sql,
    `SELECT e.envelope, c.ciphertext, k.id::text AS key_id, k.wrapped_dek,
            CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection
       FROM ledger.entry e
       LEFT JOIN ledger.payload c ON c.entry_id = e.id
       LEFT JOIN ledger.subject_key k ON k.id = c.subject_key_id
       LEFT JOIN ledger.projection j ON j.entry_id = e.id
      WHERE e.id = $1::uuid`,
    [actionId],
  )
}

/** How many are open and how many of them overdue, of agents somebody owns or of all. */
export async function countOpen(
  sql: Sql,
  ownerId: string | null,
  now: Date,
): Promise<{ open: number; overdue: number }> {
  const row = await queryOne<{ open: number; overdue: number }>(
    sql,
    `SELECT count(*)::int AS open,
            (count(*) FILTER (WHERE r.owed_at + make_interval(days => h.review_days) <= $2::timestamptz))::int AS overdue
       FROM review r CROSS JOIN organisation h JOIN agent g ON g.id = r.agent_id
      WHERE r.closed_at IS NULL AND ($1::uuid IS NULL OR g.owner_id = $1::uuid)`,
    [ownerId, now],
  )
  return row ?? { open: 0, overdue: 0 }
}

export type AgentOwing = { slug: string; owner_id: string; count: number; oldest: Date; days: number }

/** Per agent how many are open, and since when the oldest. */
export function listOwing(sql: Sql): Promise<AgentOwing[]> {
  return query(
    sql,
    `SELECT g.slug, g.owner_id::text AS owner_id, count(*)::int AS count, min(r.owed_at) AS oldest, h.review_days AS days
       FROM review r CROSS JOIN organisation h JOIN agent g ON g.id = r.agent_id
      WHERE r.closed_at IS NULL GROUP BY g.slug, g.owner_id, h.review_days ORDER BY oldest`,
  )
}

/** Marks what is overdue as told, and answers it: each once, whichever replica looks. */
export function takeMissed(
  sql: Sql,
  now: Date,
  most: number,
): Promise<{ action_id: string; agent_id: string; owner_id: string }[]> {
  return query(
    sql,
    `UPDATE review SET missed_at = $1::timestamptz FROM agent g
      WHERE g.id = review.agent_id AND review.action_id IN (
        SELECT r.action_id FROM review r CROSS JOIN organisation h
         WHERE r.closed_at IS NULL AND r.missed_at IS NULL AND r.owed_at + make_interval(days => h.review_days) <= $1::timestamptz
         ORDER BY r.owed_at LIMIT $2::integer FOR UPDATE OF r SKIP LOCKED)
     RETURNING review.action_id::text AS action_id, review.agent_id::text AS agent_id, g.owner_id::text AS owner_id`,
    [now, most],
  )
}

/** After how many days a review is overdue. */
export async function readDays(sql: Sql): Promise<number | null> {
  const row = await queryOne<{ days: number }>(sql, 'SELECT review_days AS days FROM organisation WHERE id = 1')
  return row?.days ?? null
}

/** Sets it. */
export async function updateDays(sql: Sql, days: number): Promise<void> {
  await query(sql, 'UPDATE organisation SET review_days = $1::integer WHERE id = 1', [days])
}

/** Tells open screens, once the transaction commits, that something is owed. */
export async function notifyReviews(sql: Sql): Promise<void> {
  await query(sql, `SELECT pg_notify('reviews', '')::text`)
}
