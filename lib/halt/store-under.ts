import { query, type Sql } from '@/lib/ledger/sql'
import { ALIVE, ALIVE_AGAIN, ASKED, askedOf, CONCERNED, COVERED } from './stop-conditions'

/**
 * Where every agent stands under halts (ids in $1) at a moment ($2), worked out in the database, since there may be thousands: the same as `stopOfAgent` says of
 * one. Whatever answers, the agent or a run of it, is a part; `since` is when a part that is silent was asked. An agent stands where its longest silence
 * puts it: `rank` is that of `STOP_ORDER`, after so many milliseconds ($3). Everything is joined by primary keys, so that statistics from before
 * the halt cannot mislead the planner.
 */
const STANDING = `
WITH halted AS MATERIALIZED (SELECT * FROM halt WHERE id = ANY (string_to_array($1, ',')::uuid[])),
parts AS (
  SELECT h.id AS halt_id, a.id AS agent_id, a.slug, coalesce(g.at, h.engaged_at) AS requested_at, k.at AS acknowledged_at,
         CASE WHEN k.at IS NULL THEN coalesce(g.at, h.engaged_at) END AS since, k.at AS word_at, 0 AS run
    FROM halted h ${CONCERNED} ${askedOf('a.id')}
    LEFT JOIN halt_acknowledgement k ON k.halt_id = h.id AND k.agent_id = a.id AND k.stop = coalesce(g.stop, 0)
  UNION ALL
  SELECT h.id, a.id, a.slug, coalesce(g.at, h.engaged_at), NULL,
         CASE WHEN s.at IS NULL AND r.closed_at IS NULL THEN greatest(coalesce(g.at, h.engaged_at), r.opened_at) END,
         greatest(coalesce(g.at, h.engaged_at), least(s.at, r.closed_at)), 1
    FROM halted h JOIN run r ON ${ALIVE} ${COVERED} ${ASKED}
    LEFT JOIN halt_run_stopped s ON s.halt_id = h.id AND s.run_id = r.id AND s.stop = coalesce(g.stop, 0)
   WHERE ${ALIVE_AGAIN}),
standing AS (
  SELECT *, CASE WHEN since IS NULL THEN 2 WHEN since <= $2::timestamptz - $3::int * interval '1 ms' THEN 0 ELSE 1 END AS rank
    FROM (SELECT halt_id, agent_id, slug, min(requested_at) AS requested_at, max(acknowledged_at) AS acknowledged_at, min(since) AS since,
                 sum(run)::int AS runs, (count(since) FILTER (WHERE run = 1))::int AS silent, min(since) FILTER (WHERE run = 1) AS silent_since,
                 max(word_at) AS word_at, max(word_at) FILTER (WHERE run = 1 AND since IS NULL) AS run_word_at
            FROM parts GROUP BY halt_id, agent_id, slug) AS each)`

/** How many agents stand where under a halt; `names`: some of those that have not answered in time, in order. */
export type StandingCount = {
  halt_id: string
  agents: number
  confirmed: number
  unconfirmed: number
  names: string[] | null
}

/** Counts the agents under halts by where they stand. Halts that cover nobody are left out. */
export function countStanding(
  sql: Sql,
  haltIds: readonly string[],
  now: Date,
  withinMs: number,
  names: number,
): Promise<StandingCount[]> {
  return query(
    sql,
    `${STANDING} SELECT halt_id::text AS halt_id, count(*)::int AS agents, (count(*) FILTER (WHERE rank = 2))::int AS confirmed,
            (count(*) FILTER (WHERE rank = 0))::int AS unconfirmed, (array_agg(slug ORDER BY slug) FILTER (WHERE rank = 0))[1:$4::int] AS names
       FROM standing GROUP BY halt_id`,
    [haltIds.join(','), now, withinMs, names],
  )
}

/** One agent under a halt, with its owner, and its runs in counts. */
export type UnderRow = {
  agent_id: string
  slug: string
  owner_id: string
  owner: string
  requested_at: Date
  acknowledged_at: Date | null
  rank: number
  runs: number
  silent: number
  silent_since: Date | null
  /** the last word of all, and of its runs */
  word_at: Date | null
  run_word_at: Date | null
}

/**
 * All agents under a halt in counts, of which `beyond_…` are on no page that was read; `waiting`: how many of those were asked in which second since 1970,
 * rounded up, and may still answer in time.
 */
export type UnderCounts = {
  agents: number
  confirmed: number
  unconfirmed: number
  beyond_confirmed: number
  beyond_unconfirmed: number
  waiting: Record<string, number> | null
}

/** The agents under one halt from a place on, those that have not answered first, then by name; `most` of them. */
export async function findUnder(
  sql: Sql,
  haltId: string,
  now: Date,
  withinMs: number,
  { from, most }: { from: number; most: number },
): Promise<{ counts: UnderCounts; page: UnderRow[] }> {
  // one row of counts alone, where the page is empty
  const rows = await query<UnderCounts & (UnderRow | { agent_id: null })>(
    sql,
    `${STANDING},
     placed AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY rank, slug) AS place FROM standing),
     paged AS (SELECT *, place > $4::int AND place <= $4::int + $5::int AS listed FROM placed),
     counts AS (
       SELECT count(*)::int AS agents, (count(*) FILTER (WHERE rank = 2))::int AS confirmed, (count(*) FILTER (WHERE rank = 0))::int AS unconfirmed,
              (count(*) FILTER (WHERE rank = 2 AND NOT listed))::int AS beyond_confirmed, (count(*) FILTER (WHERE rank = 0 AND NOT listed))::int AS beyond_unconfirmed
         FROM paged)
     SELECT c.*, (SELECT jsonb_object_agg(second, asked) FROM (
              SELECT ceil(extract(epoch FROM since))::bigint AS second, count(*)::int AS asked FROM paged WHERE rank = 1 AND NOT listed GROUP BY 1) AS w) AS waiting,
            l.agent_id::text AS agent_id, l.slug, a.owner_id::text AS owner_id, p.name AS owner, l.requested_at, l.acknowledged_at, l.rank,
            l.runs, l.silent, l.silent_since, l.word_at, l.run_word_at
       FROM counts c LEFT JOIN paged l ON l.listed LEFT JOIN agent a ON a.id = l.agent_id LEFT JOIN person p ON p.id = a.owner_id
      ORDER BY l.place`,
    [haltId, now, withinMs, from, most],
  )
  const none = { agents: 0, confirmed: 0, unconfirmed: 0, beyond_confirmed: 0, beyond_unconfirmed: 0, waiting: null }
  return { counts: rows[0] ?? none, page: rows.flatMap((row) => (row.agent_id === null ? [] : [row])) }
}
