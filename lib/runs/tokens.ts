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
 * Takes tokens of one action of a run and answers how many of them are new: a total of the run may have held them already. What no run
 * holds is new.
 */
export async function newTokensOfAction(sql: Sql, runId: string | null, tokens: number): Promise<number> {
  if (runId === null) return tokens
  const row = await queryOne<{ added: string }>(
    sql,
    `WITH before AS (SELECT id, greatest(tokens, action_tokens) AS counted FROM run WHERE id = $1::uuid FOR NO KEY UPDATE)
     UPDATE run r SET action_tokens = r.action_tokens + $2::bigint FROM before b WHERE r.id = b.id
     RETURNING (greatest(r.tokens, r.action_tokens) - b.counted)::text AS added`,
    [runId, String(tokens)],
  )
  return Number(row?.added ?? tokens)
}

/**
 * Takes a run's new total of tokens, those of its actions included, and answers how many are new. A total lower than the last one
 * counts nothing: a report that comes twice, or late, is counted once.
 */
export async function newTokens(sql: Sql, runId: string, total: number): Promise<number> {
  const row = await queryOne<{ added: string }>(
    sql,
    `WITH before AS (SELECT id, greatest(tokens, action_tokens) AS counted FROM run WHERE id = $1::uuid FOR NO KEY UPDATE)
     UPDATE run r SET tokens = greatest(r.tokens, $2::bigint) FROM before b WHERE r.id = b.id
     RETURNING (greatest(r.tokens, r.action_tokens) - b.counted)::text AS added`,
    [runId, String(total)],
  )
  return Number(row?.added ?? 0)
}
