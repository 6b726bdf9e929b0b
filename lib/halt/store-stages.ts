import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { LiftStage, StageShown } from './staged-lift'

/** What two people are asked to lift, beside their approval. `target`: the agent or the team; null for all. */
export type LiftRequestRow = { approval_id: string; stage: LiftStage; target: string | null; name: string }

/** What an approval asks to lift; one without a row asks for all. */
export function findLiftRequest(sql: Sql, approvalId: string): Promise<LiftRequestRow | null> {
  return queryOne(
    sql,
    'SELECT approval_id::text AS approval_id, stage, target::text AS target, name FROM halt_lift_request WHERE approval_id = $1::uuid',
    [approvalId],
  )
}

export async function insertLiftRequest(sql: Sql, haltId: string, asked: LiftRequestRow): Promise<void> {
  await query(
    sql,
    'INSERT INTO halt_lift_request (approval_id, halt_id, stage, target, name) VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5)',
    [asked.approval_id, haltId, asked.stage, asked.target, asked.name],
  )
}

/** A stage of a lift; while it stands, `shown` is what its agents did until now. */
export type StageRow = {
  halt_id: string
  approval_id: string
  stage: 'agent' | 'team'
  name: string
  begun_at: Date
  ended_at: Date | null
  ended_how: 'next' | 'stopped' | 'lifted' | null
  shown: Omit<StageShown, 'openAlerts'> & { open_alerts: number }
  agents: { id: string; slug: string }[]
}

/** The stages of these halts, oldest first; index halt_stage_of_halt. */
export function findStages(sql: Sql, haltIds: readonly string[]): Promise<StageRow[]> {
  return query(
    sql,
    `SELECT s.halt_id::text AS halt_id, s.approval_id::text AS approval_id, s.stage, s.name, s.begun_at, s.ended_at, s.ended_how,
            coalesce(s.shown, halt_stage_shown(s.agents, s.begun_at, s.ended_at)) AS shown,
            (SELECT json_agg(json_build_object('id', a.id, 'slug', a.slug) ORDER BY a.slug) FROM agent a WHERE a.id = ANY (s.agents)) AS agents
       FROM halt_stage s WHERE s.halt_id::text = ANY (string_to_array($1, ',')) ORDER BY s.begun_at`,
    [haltIds.join(',')],
  )
}

/** A stage that somebody ended, without an entry yet. `engaged_again`: by engaging its halt anew. */
export type UnrecordedStop = {
  id: string
  halt_id: string
  stage: 'agent' | 'team'
  by: string | null
  reason: string
  ended_at: Date
  engaged_again: boolean
}

/** Index halt_stage_unrecorded. */
export function findUnrecordedStops(sql: Sql): Promise<UnrecordedStop[]> {
  return query(
    sql,
    `SELECT id::text AS id, halt_id::text AS halt_id, stage, ended_by::text AS by, ended_reason AS reason, ended_at, engaged_again
       FROM halt_stage WHERE NOT recorded AND ended_at IS NOT NULL ORDER BY ended_at LIMIT 100`,
  )
}

/** Notes what stages had shown that somebody stopped, which did not wait for it. */
export async function noteShown(sql: Sql): Promise<void> {
  await query(sql, 'SELECT halt_stage_note() AS noted')
}

/** Everybody any stage of a halt ever let go, whether it stands or not. */
export async function findLetGo(sql: Sql, haltId: string): Promise<string[]> {
  const row = await queryOne<{ agents: string[] }>(
    sql,
    'SELECT ARRAY(SELECT DISTINCT unnest(s.agents)::text FROM halt_stage s WHERE s.halt_id = $1::uuid) AS agents',
    [haltId],
  )
  return row?.agents ?? []
}

/** Whom a stage would let go now, in order. */
export async function findStageAgents(sql: Sql, haltId: string, asked: LiftRequestRow): Promise<string[]> {
  const row = await queryOne<{ agents: string[] | null }>(
    sql,
    'SELECT halt_stage_agents($1::uuid, $2, $3::uuid)::text[] AS agents',
    [haltId, asked.stage, asked.target],
  )
  return row?.agents ?? []
}
