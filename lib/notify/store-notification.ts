import type { Severity } from '@/lib/alerts/alert'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import {
  GATHER_MS,
  MOST_THINGS,
  SETTLE_MS,
  type NotificationKind,
  type NotificationState,
  type Pace,
  type PagerAct,
  type Way,
  type What,
} from './notification'

/** A message as it is queued. Exactly one of person and channel. */
export type Queued = {
  id: string
  kind: NotificationKind
  what: What
  via: Way
  personId: string | null
  channelId: string | null
  thread: string
  act: PagerAct
  group: string
  things: readonly string[]
  count: number
  severity: Severity
  urgent: boolean
  pace: Exclude<Pace, 'off'>
  dueAt: Date
}

/** A message as it is stored. */
export type NotificationRow = Omit<Queued, 'group' | 'things'> & {
  things: string[]
  state: NotificationState
  why: string | null
  detail: string | null
  createdAt: Date
  attempts: number
  settledAt: Date | null
}

export const COLUMNS = `n.id::text AS id, n.kind, n.what, n.via, n.person_id::text AS "personId", n.channel_id::text AS "channelId", n.thread, n.act,
  n.things, n.count, n.severity, n.urgent, n.pace, n.due_at AS "dueAt", n.state, n.why, n.detail, n.created_at AS "createdAt", n.attempts,
  n.settled_at AS "settledAt"`

/**
 * Queues messages. One that is like another to the same receiver, not tried yet, adds to that one's count; a new one waits a moment for
 * others, and as long after the last one like it as gathering takes. Of what a receiver is to acknowledge or resolve, only what it was told of.
 */
export async function queue(sql: Sql, messages: readonly Queued[], now: Date): Promise<void> {
  if (messages.length === 0) return
  // what opens goes first, so that what closes it in the same breath finds it
  for (const opening of [true, false]) {
    const some = messages.filter(({ act }) => (act === 'trigger') === opening)
    if (some.length > 0) await insert(sql, some, now)
  }
  await query(sql, "SELECT pg_notify('notifications', '')::text")
}

async function insert(sql: Sql, messages: readonly Queued[], now: Date): Promise<void> {
  const rows = messages.map(({ things, group, ...rest }, n) => ({
    ...rest,
    n,
    group_key: group,
    things: things.slice(0, MOST_THINGS),
  }))
  await query(
    sql,
    `INSERT INTO notification AS n (id, kind, what, via, person_id, channel_id, thread, act, group_key, things, count, severity, urgent, pace, created_at, due_at)
     SELECT x.id, x.kind, x.what, x.via, x."personId", x."channelId", x.thread, x.act, x.group_key, x.things, x.count, x.severity, x.urgent, x.pace, $2::timestamptz,
            CASE WHEN x.urgent OR x.pace <> 'now' OR x.via = 'pagerduty' THEN x."dueAt" ELSE greatest(
              x."dueAt" + CASE WHEN x.via = 'browser' THEN 0 ELSE $3::float8 END * interval '1 ms',
              (SELECT max(o.created_at) + $4::float8 * interval '1 ms' FROM notification o
                WHERE coalesce(o.person_id, o.channel_id) = coalesce(x."personId", x."channelId") AND o.via = x.via AND o.group_key = x.group_key
                  AND o.created_at > $2::timestamptz - $4::float8 * interval '1 ms')) END
       FROM jsonb_to_recordset($1::jsonb) AS x(n int, id uuid, kind text, what text, via text, "personId" uuid, "channelId" uuid, thread text, act text,
            group_key text, things jsonb, count int, severity text, urgent boolean, pace text, "dueAt" timestamptz)
      WHERE x.act = 'trigger' OR x.via <> 'pagerduty' OR EXISTS (
        SELECT FROM notification t WHERE t.channel_id = x."channelId" AND t.thread = x.thread AND t.act = 'trigger')
      ORDER BY x.n
     ON CONFLICT (coalesce(person_id, channel_id), via, group_key) WHERE state = 'queued' AND attempts = 0 DO UPDATE SET
       count = n.count + EXCLUDED.count,
       things = CASE WHEN jsonb_array_length(n.things) + jsonb_array_length(EXCLUDED.things) <= $5::int THEN n.things || EXCLUDED.things ELSE n.things END,
       due_at = CASE WHEN EXCLUDED.urgent THEN least(n.due_at, EXCLUDED.due_at) WHEN EXCLUDED.pace <> 'now' OR n.via = 'browser' THEN n.due_at
                ELSE greatest(n.due_at, least($2::timestamptz + $3::float8 * interval '1 ms', n.created_at + $4::float8 * interval '1 ms')) END`,
    [JSON.stringify(rows), now, SETTLE_MS, GATHER_MS, MOST_THINGS],
  )
}

/** Who sends, and for how long what it took is its own. */
export type Taker = { id: string; leaseMs: number }

const DUE = `n.state = 'queued' AND n.due_at <= clock_timestamp() AND (n.lease_until IS NULL OR n.lease_until < clock_timestamp())`

/**
 * Takes some messages that are due: nobody else sends them until the lease ends. Of a digest the first alone, and of what a receiver opens
 * and closes nothing before what came before it.
 */
export function takeDue(sql: Sql, taker: Taker, most: number): Promise<NotificationRow[]> {
  return query(
    sql,
    `UPDATE notification n SET lease_by = $1::uuid, lease_until = clock_timestamp() + $2::float8 * interval '1 ms', attempts = n.attempts + 1
      WHERE n.id IN (
        SELECT n.id FROM notification n WHERE ${DUE} AND n.via <> 'browser'
           AND NOT (n.pace <> 'now' AND EXISTS (SELECT FROM notification e WHERE e.state = 'queued' AND e.person_id = n.person_id AND e.via = n.via
                 AND e.pace = n.pace AND e.due_at <= clock_timestamp() AND e.seq < n.seq))
           AND NOT (n.via = 'pagerduty' AND EXISTS (SELECT FROM notification e WHERE e.state = 'queued' AND e.channel_id = n.channel_id
                 AND e.thread = n.thread AND e.seq < n.seq))
         ORDER BY n.urgent DESC, n.due_at LIMIT $3::int FOR UPDATE SKIP LOCKED)
      RETURNING ${COLUMNS}`,
    [taker.id, taker.leaseMs, most],
  )
}

/** Takes what goes into the same digest as one that was taken, oldest first. */
export async function takeRest(sql: Sql, taker: Taker, first: NotificationRow): Promise<NotificationRow[]> {
  const rows = await query<NotificationRow>(
    sql,
    `UPDATE notification n SET lease_by = $1::uuid, lease_until = clock_timestamp() + $2::float8 * interval '1 ms', attempts = n.attempts + 1
      WHERE n.id IN (SELECT n.id FROM notification n WHERE ${DUE} AND n.person_id = $3::uuid AND n.via = $4 AND n.pace = $5 AND n.id <> $6::uuid
                      ORDER BY n.seq LIMIT 1000 FOR UPDATE SKIP LOCKED)
      RETURNING ${COLUMNS}`,
    [taker.id, taker.leaseMs, first.personId, first.via, first.pace, first.id],
  )
  return rows.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
}

/** Takes what a person's open screen is to show, the oldest first. */
export function takeForScreen(sql: Sql, taker: Taker, personId: string, most: number): Promise<NotificationRow[]> {
  return query(
    sql,
    `UPDATE notification n SET lease_by = $1::uuid, lease_until = clock_timestamp() + $2::float8 * interval '1 ms', attempts = n.attempts + 1
      WHERE n.id IN (SELECT n.id FROM notification n WHERE ${DUE} AND n.via = 'browser' AND n.person_id = $3::uuid ORDER BY n.seq LIMIT $4::int
                       FOR UPDATE SKIP LOCKED)
      RETURNING ${COLUMNS}`,
    [taker.id, taker.leaseMs, personId, most],
  )
}

/** What became of taken messages, by whoever still holds them; answers which counted. */
export type Settled =
  | { state: 'sent' | 'digested' | 'suppressed' | 'failed'; why?: string; detail?: string | null; withId?: string }
  | { state: 'queued'; why: string; detail: string | null; dueAt: Date }

/** Settles taken messages, or queues them again; only for who holds the lease. */
export async function settle(
  sql: Sql,
  taker: Pick<Taker, 'id'>,
  ids: readonly string[],
  to: Settled,
  at: Date,
): Promise<number> {
  if (ids.length === 0) return 0
  const rows = await query(
    sql,
    `UPDATE notification SET state = $3, why = $4, detail = $5, with_id = $6::uuid, settled_at = CASE WHEN $3 = 'queued' THEN NULL ELSE $7::timestamptz END,
       due_at = coalesce($8::timestamptz, due_at), lease_by = NULL, lease_until = NULL
      WHERE id = ANY (string_to_array($1, ',')::uuid[]) AND lease_by = $2::uuid AND state = 'queued' RETURNING id::text`,
    [
      ...[ids.join(','), taker.id, to.state, to.why ?? null, to.detail ?? null],
      ...['withId' in to ? (to.withId ?? null) : null, at, 'dueAt' in to ? to.dueAt : null],
    ],
  )
  return rows.length
}

/**
 * Lets what else waits for a mail server or a room that does not answer wait until a moment: each of them would only take its time from the
 * others.
 */
export async function holdBack(sql: Sql, like: Pick<NotificationRow, 'via' | 'channelId'>, until: Date): Promise<void> {
  await query(
    sql,
    `UPDATE notification SET due_at = $3::timestamptz WHERE state = 'queued' AND via = $1 AND channel_id IS NOT DISTINCT FROM $2::uuid
        AND due_at < $3::timestamptz AND (lease_until IS NULL OR lease_until < clock_timestamp())`,
    [like.via, like.channelId, until],
  )
}

/** A screen says which of a person's messages it showed: those that were handed to it lately, and no others. */
export async function settleShown(sql: Sql, personId: string, ids: readonly string[], at: Date): Promise<number> {
  const rows = await query(
    sql,
    `UPDATE notification SET state = 'sent', settled_at = $3::timestamptz, lease_by = NULL, lease_until = NULL
      WHERE id = ANY (string_to_array($1, ',')::uuid[]) AND person_id = $2::uuid AND via = 'browser' AND state = 'queued' AND attempts > 0 RETURNING id::text`,
    [ids.join(','), personId, at],
  )
  return rows.length
}

/** Tells open screens of messages that only now became due; how many there were. */
export async function tellScreens(sql: Sql): Promise<number> {
  const row = await queryOne<{ count: number }>(
    sql,
    `WITH due AS (UPDATE notification SET told = true WHERE via = 'browser' AND state = 'queued' AND NOT told AND due_at <= clock_timestamp() RETURNING 1),
          said AS (SELECT pg_notify('notifications', '') WHERE EXISTS (SELECT FROM due))
     SELECT (SELECT count(*)::int FROM due) AS count, (SELECT count(*) FROM said) AS told`,
  )
  return row?.count ?? 0
}

/** Gives up what no screen took in time. */
export async function dropUnseen(sql: Sql, dueBefore: Date, at: Date): Promise<void> {
  await query(
    sql,
    `UPDATE notification SET state = 'suppressed', why = 'no_screen', settled_at = $2::timestamptz, lease_by = NULL, lease_until = NULL
      WHERE via = 'browser' AND state = 'queued' AND due_at < $1::timestamptz`,
    [dueBefore, at],
  )
}

/** Forgets what was settled long ago. */
export async function forgetSettled(sql: Sql, before: Date): Promise<void> {
  await query(sql, 'DELETE FROM notification WHERE settled_at < $1::timestamptz', [before])
  await query(
    sql,
    "DELETE FROM expiry_told e USING approval a WHERE a.id = e.approval_id AND a.status <> 'pending' AND e.at < $1::timestamptz",
    [before],
  )
}

/** What was queued to a person or a channel, newest first; index notification_of. */
export function recentTo(sql: Sql, receiver: string, most: number): Promise<NotificationRow[]> {
  return query(
    sql,
    `SELECT ${COLUMNS} FROM notification n WHERE coalesce(n.person_id, n.channel_id) = $1::uuid ORDER BY n.id DESC LIMIT $2::int`,
    [receiver, most],
  )
}

/** How messages of the last day went, by way and state: for administrators. */
export function tallyOfDay(sql: Sql, now: Date): Promise<{ via: Way; state: NotificationState; count: number }[]> {
  return query(
    sql,
    `SELECT via, state, count(*)::int AS count FROM notification WHERE created_at > $1::timestamptz - interval '1 day' GROUP BY via, state ORDER BY via, state`,
    [now],
  )
}
