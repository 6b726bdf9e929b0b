import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/**
 * Counts tokens an agent used in the current minute, hour and day, for its limits (C39). In the caller's transaction, so that what is
 * reported is counted exactly once. The rows are taken in the order in which `decide()` takes them.
 */
export async function countTokens(sql: Sql, agentId: string, tokens: number): Promise<void> {
  if (tokens === 0) return
  await query(
    sql,
    `INSERT INTO counter AS k (agent_id, "window", starts_at, used)
     SELECT $1::uuid, 'tokens:' || s.key, s.value::timestamptz, $2::bigint FROM jsonb_each_text(limit_starts()) AS s ORDER BY 2, 3
     ON CONFLICT (agent_id, "window", starts_at) DO UPDATE SET used = k.used + EXCLUDED.used`,
    [agentId, String(tokens)],
  )
}

/**
 * Takes a run's new total of tokens and answers how many are new. A total lower than the last one counts nothing: a report that
 * comes twice, or late, is counted once.
 */
export async function newTokens(sql: Sql, runId: string, total: number): Promise<number> {
  const row = await queryOne<{ added: string }>(
    sql,
    `WITH before AS (SELECT id, tokens FROM run WHERE id = $1::uuid FOR UPDATE)
     UPDATE run r SET tokens = greatest(r.tokens, $2::bigint) FROM before b WHERE r.id = b.id
     RETURNING (greatest(b.tokens, $2::bigint) - b.tokens)::text AS added`,
    [runId, String(total)],
  )
  return Number(row?.added ?? 0)
}
