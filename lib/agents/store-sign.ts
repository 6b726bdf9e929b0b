import type { Sign, Sighting } from './grade'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'

export type SignRow = { agent: string; sign: Sign; first: Date; last: Date; times: string }

/** What was seen of agents; of all of them without `agentIds`. By the primary key. */
export function findSigns(sql: Sql, agentIds: readonly string[] | null): Promise<SignRow[]> {
  return query(
    sql,
    `SELECT agent_id::text AS agent, sign, first_at AS first, last_at AS last, times::text AS times FROM agent_sign
      WHERE $1::text IS NULL OR agent_id = ANY (string_to_array($1, ',')::uuid[])`,
    [agentIds === null ? null : agentIds.join(',')],
  )
}

/** Adds what was seen to what is known. The one reader of the log writes it, so that nothing is counted twice. */
export async function addSigns(sql: Sql, seen: readonly ({ agentId: string; sign: Sign } & Sighting)[]): Promise<void> {
  await query(
    sql,
    `INSERT INTO agent_sign AS s (agent_id, sign, first_at, last_at, times)
     SELECT x."agentId", x.sign, x.first, x.last, x.times
       FROM jsonb_to_recordset($1::jsonb) AS x("agentId" uuid, sign text, first timestamptz, last timestamptz, times bigint) JOIN agent a ON a.id = x."agentId"
     ON CONFLICT (agent_id, sign) DO UPDATE SET last_at = greatest(s.last_at, EXCLUDED.last_at), times = s.times + EXCLUDED.times`,
    [JSON.stringify(seen)],
  )
}

/** What each way is worth as a rank: `ranks` by sign; signs older than `since` are worth nothing, and who has none stands at `unseen`. */
export type Ranking = { ranks: Readonly<Record<string, number>>; unseen: number; since: Date }

/** The rank of each active agent: $1 the ranks, $2 `unseen`, $3 `since`. */
const RANKED = `
SELECT a.id, a.slug, coalesce(max(w.value::int), $2::int) AS rank FROM agent a
  LEFT JOIN agent_sign s ON s.agent_id = a.id AND s.last_at >= $3::timestamptz
  LEFT JOIN jsonb_each_text($1::jsonb) AS w ON w.key = s.sign
 WHERE a.state = 'active' GROUP BY a.id`

/** How many active agents stand at each rank. */
export function countRanks(sql: Sql, { ranks, unseen, since }: Ranking): Promise<{ rank: number; agents: number }[]> {
  return query(sql, `SELECT rank, count(*)::int AS agents FROM (${RANKED}) AS ranked GROUP BY rank`, [
    JSON.stringify(ranks),
    unseen,
    since,
  ])
}

/** The active agents that stand lowest, then by name; `all`: how many there are. */
export function findWeakest(
  sql: Sql,
  { ranks, unseen, since }: Ranking,
  most: number,
): Promise<{ id: string; slug: string; all: number }[]> {
  return query(
    sql,
    `SELECT id::text AS id, slug, (count(*) OVER ())::int AS all FROM (${RANKED}) AS ranked ORDER BY rank DESC, slug LIMIT $4::int`,
    [JSON.stringify(ranks), unseen, since, most],
  )
}

/** The bare id of an agent; null when there is none of this name. */
export async function idOfSlug(sql: Sql, slug: string): Promise<string | null> {
  return (await queryOne<{ id: string }>(sql, 'SELECT id::text AS id FROM agent WHERE slug = $1', [slug]))?.id ?? null
}
