import { query, type Sql } from '@/lib/ledger/sql'
import { STOPPED } from './store'

/**
 * How many of the agents that a halt would stop stand at each rank (lib/agents/grade.ts).
 * @param target as the halt's row has it
 * @param ranks what each sign is worth; signs older than `since` are worth nothing, and who has none stands at `unseen`
 */
export function countReachRanks(
  sql: Sql,
  scope: string,
  target: string,
  { ranks, unseen, since }: { ranks: Readonly<Record<string, number>>; unseen: number; since: Date },
): Promise<{ rank: number; agents: number }[]> {
  return query(
    sql,
    `WITH ${STOPPED}
     SELECT rank, count(*)::int AS agents FROM (
       SELECT coalesce(max(w.value::int), $4::int) AS rank FROM stopped a
         LEFT JOIN agent_sign s ON s.agent_id = a.id AND s.last_at >= $5::timestamptz
         LEFT JOIN jsonb_each_text($3::jsonb) AS w ON w.key = s.sign
        GROUP BY a.id) AS ranked
     GROUP BY rank ORDER BY rank`,
    [scope, target, JSON.stringify(ranks), unseen, since],
  )
}
