import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { ALIVE, ALIVE_AGAIN, ASKED, AT_REST, COVERED } from './stop-conditions'
import type { WordRefusal } from './stops'

/** Of these runs, those that are the agent's. Ids are bare UUIDs. */
export async function findOwnRuns(sql: Sql, agentId: string, runs: readonly string[]): Promise<Set<string>> {
  if (runs.length === 0) return new Set()
  const rows = await query<{ id: string }>(
    sql,
    `SELECT id::text AS id FROM run WHERE agent_id = $1::uuid AND id = ANY (string_to_array($2, ',')::uuid[])`,
    [agentId, runs.join(',')],
  )
  return new Set(rows.map(({ id }) => id))
}

/** Notes that an agent stopped these runs in this stop of a halt; answers how many were not noted before. */
export async function insertStoppedRuns(
  sql: Sql,
  haltId: string,
  agentId: string,
  stop: number,
  runs: readonly string[],
): Promise<number> {
  if (runs.length === 0) return 0
  const rows = await query<{ run: string }>(
    sql,
    `INSERT INTO halt_run_stopped (halt_id, run_id, agent_id, stop)
     SELECT $1::uuid, r.id, r.agent_id, $4::int FROM run r WHERE r.agent_id = $2::uuid AND r.id = ANY (string_to_array($3, ',')::uuid[]) ORDER BY r.id
     ON CONFLICT DO NOTHING RETURNING run_id::text AS run`,
    [haltId, agentId, runs.join(','), stop],
  )
  if (rows.length > 0) await query(sql, `SELECT pg_notify('halts', $1)::text AS told`, [haltId])
  return rows.length
}

/**
 * Notes that a run stopped for a halt in force, in the stop that is asked of its agent now, where the halt covers it and nothing of it is at work.
 * One statement sees all of that at one moment: a claim holds lock K, so every claim that came before a stop is seen by whoever sees the stop.
 * @returns whether it was not noted before
 */
export async function insertRunAtRest(sql: Sql, haltId: string, runId: string): Promise<boolean> {
  const row = await queryOne<{ run: string }>(
    sql,
    `INSERT INTO halt_run_stopped (halt_id, run_id, agent_id, stop)
     SELECT h.id, r.id, r.agent_id, coalesce(g.stop, 0) FROM halt h JOIN run r ON r.id = $2::uuid ${COVERED} ${ASKED}
      WHERE h.id = $1::uuid AND h.lifted_at IS NULL AND ${AT_REST}
     ON CONFLICT DO NOTHING RETURNING run_id::text AS run`,
    [haltId, runId],
  )
  if (row !== null) await query(sql, `SELECT pg_notify('halts', $1)::text AS told`, [haltId])
  return row !== null
}

/** Counts a refused confirmation; true for the first of its kind. */
export async function countRefusedWord(
  sql: Sql,
  haltId: string,
  agentId: string,
  reason: WordRefusal,
): Promise<boolean> {
  const row = await queryOne<{ count: number }>(
    sql,
    `INSERT INTO halt_word_refused AS w (halt_id, agent_id, reason) VALUES ($1::uuid, $2::uuid, $3)
     ON CONFLICT (halt_id, agent_id, reason) DO UPDATE SET count = w.count + 1, last_at = clock_timestamp() RETURNING w.count`,
    [haltId, agentId, reason],
  )
  return row?.count === 1
}

/** Confirmations of a halt that were refused. */
export type RefusedWordRow = { agent: string; reason: WordRefusal; count: number; first_at: Date }

/** Who else wanted to confirm a halt, the first one first. */
export function findRefusedWords(sql: Sql, haltId: string): Promise<RefusedWordRow[]> {
  return query(
    sql,
    `SELECT a.slug AS agent, w.reason, w.count, w.first_at FROM halt_word_refused w JOIN agent a ON a.id = w.agent_id
      WHERE w.halt_id = $1::uuid ORDER BY w.first_at LIMIT 50`,
    [haltId],
  )
}

/** A run that was alive when a halt asked its agent to stop, or later. */
export type StoppingRow = {
  /** when its agent was asked: as the halt began, or as it was halted again */
  requested_at: Date
  id: string
  agent_id: string
  host: string | null
  renews: boolean
  opened_at: Date
  closed_at: Date | null
  lease_until: Date
  stopped_at: Date | null
}

/**
 * The runs a halt has to stop of these agents and what was said of them, `each` of every agent and `most` in all: some of each, those that have not
 * answered first. Runs alive when their agent was asked, or later; the index run_leased bounds what is read.
 */
export function findStopping(
  sql: Sql,
  haltId: string,
  agentIds: readonly string[],
  { each, most }: { each: number; most: number },
): Promise<StoppingRow[]> {
  return query(
    sql,
    `SELECT requested_at, id::text AS id, agent_id::text AS agent_id, host, renews, opened_at, closed_at, lease_until, stopped_at
       FROM (SELECT coalesce(g.at, h.engaged_at) AS requested_at, r.id, r.agent_id, r.host, r.renews, r.opened_at, r.closed_at, r.lease_until,
                    s.at AS stopped_at, s.at IS NULL AND r.closed_at IS NULL AS silent,
                    row_number() OVER (PARTITION BY r.agent_id ORDER BY s.at IS NULL AND r.closed_at IS NULL DESC, r.id DESC) AS place
               FROM halt h JOIN run r ON ${ALIVE} ${COVERED} ${ASKED}
               LEFT JOIN halt_run_stopped s ON s.halt_id = h.id AND s.run_id = r.id AND s.stop = coalesce(g.stop, 0)
              WHERE ${ALIVE_AGAIN} AND h.id = $1::uuid AND r.agent_id = ANY (string_to_array($2, ',')::uuid[])) AS stopping
      WHERE place <= $3::int ORDER BY place, silent DESC, id DESC LIMIT $4::int`,
    [haltId, agentIds.join(','), each, most],
  )
}
