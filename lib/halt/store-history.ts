import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { HALT, type HaltRow } from './store'

/** A halt with who lifted it and how many said that they stopped. */
export type PastHaltRow = HaltRow & {
  lifters: { id: string; name: string }[] | null
  confirmed: number
  /** milliseconds from asking an agent to its word, of the slowest; null where none came */
  slowest: number | null
}

/** `by`: a person's bare id, or `rule`. `before`: the bare id of the halt the page goes on after. */
export type HistoryFilter = { state?: string; scope?: string; q?: string; by?: string; before?: string }

/** Halts, newest first, narrowed; index `halt_engaged_at_idx`. */
export function findHistory(sql: Sql, { state, scope, q, by, before }: HistoryFilter, most: number) {
  return query<PastHaltRow>(
    sql,
    `SELECT found.*,
        CASE WHEN found.lifted_at IS NOT NULL THEN (
          SELECT jsonb_agg(jsonb_build_object('id', v.person_id, 'name', s.name) ORDER BY v.at)
            FROM verdict v JOIN person s ON s.id = v.person_id
           WHERE v.answer = 'approve' AND v.approval_id = (
             SELECT l.id FROM approval l WHERE l.subject_id = found.id::uuid AND l.kind = 'halt_lift' AND l.status = 'approved' ORDER BY l.id DESC LIMIT 1)) END AS lifters,
        said.confirmed, said.slowest
       FROM (${HALT}
         WHERE ($1 = '' OR (h.lifted_at IS NULL) = ($1 = 'in_force'))
           AND ($2 = '' OR h.scope = $2)
           AND ($3 = '' OR CASE WHEN h.scope IN ('environment', 'server', 'tool') THEN h.target ELSE coalesce(t.name, a.slug) END ILIKE '%' || $3 || '%')
           AND ($4 = '' OR CASE WHEN $4 = 'rule' THEN h.engaged_by IS NULL ELSE h.engaged_by::text = $4 END)
           AND ($5 = '' OR (h.engaged_at, h.id) < (SELECT b.engaged_at, b.id FROM halt b WHERE b.id::text = $5))
         ORDER BY h.engaged_at DESC, h.id DESC LIMIT $6::int) AS found,
       LATERAL (SELECT count(*)::int AS confirmed, (extract(epoch FROM max(k.at - coalesce(g.at, found.engaged_at))) * 1000)::float8 AS slowest
         FROM halt_acknowledgement k LEFT JOIN LATERAL (SELECT x.stop, x.at FROM halt_again x
           WHERE x.halt_id = k.halt_id AND x.agent_id = k.agent_id ORDER BY x.stop DESC LIMIT 1) AS g ON true
        WHERE k.halt_id = found.id::uuid AND k.stop = coalesce(g.stop, 0)) AS said
       ORDER BY found.engaged_at DESC, found.id DESC`,
    [state ?? '', scope ?? '', (q ?? '').replace(/[\\%_]/g, '\\$&'), by ?? '', before ?? '', most],
  )
}

/** How many halts there were, and how many are in force. */
export async function countHalts(sql: Sql): Promise<{ all: number; inForce: number }> {
  const row = await queryOne<{ all: number; in_force: number }>(
    sql,
    'SELECT count(*)::int AS all, (count(*) FILTER (WHERE lifted_at IS NULL))::int AS in_force FROM halt',
  )
  return { all: row?.all ?? 0, inForce: row?.in_force ?? 0 }
}

/** Who ever engaged one, by name. */
export function findEngagers(sql: Sql): Promise<{ id: string; name: string }[]> {
  return query(
    sql,
    'SELECT id::text AS id, name FROM person WHERE id IN (SELECT engaged_by FROM halt WHERE engaged_by IS NOT NULL) ORDER BY name',
  )
}
