import type { Severity } from '@/lib/alerts/alert'
import { fault } from '@/lib/core/fault'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { ChannelKind, ChannelSettings, ChannelState } from './channel'
import type { NotificationKind } from './notification'

/** A channel as it is stored. */
export type ChannelRow = {
  id: string
  name: string
  kind: ChannelKind
  settings: ChannelSettings
  secret: Uint8Array | null
  teamId: string | null
  team: string | null
  kinds: NotificationKind[]
  severity: Severity
  state: ChannelState
  attempts: number
  error: string | null
  errorDetail: string | null
  errorAt: Date | null
  failingSince: Date | null
  sent: number
  sentAt: Date | null
  createdAt: Date
}

const COLUMNS = `c.id::text AS id, c.name, c.kind, c.settings, c.secret, c.team_id::text AS "teamId", t.name AS team, c.kinds, c.severity, c.state,
  c.attempts, c.error, c.error_detail AS "errorDetail", c.error_at AS "errorAt", c.failing_since AS "failingSince", c.sent::float8 AS sent,
  c.sent_at AS "sentAt", c.created_at AS "createdAt"`
const FROM = 'FROM channel c LEFT JOIN team t ON t.id = c.team_id'

/** Every living channel, oldest first. */
export function channelRows(sql: Sql): Promise<ChannelRow[]> {
  return query(sql, `SELECT ${COLUMNS} ${FROM} WHERE c.state <> 'removed' ORDER BY c.created_at, c.id`)
}

/** One living channel; null when there is none. */
export function channelRow(sql: Sql, id: string): Promise<ChannelRow | null> {
  return queryOne(sql, `SELECT ${COLUMNS} ${FROM} WHERE c.id = $1::uuid AND c.state <> 'removed'`, [id])
}

/** How mail leaves; null when nobody said. */
export function smtpRow(sql: Sql): Promise<ChannelRow | null> {
  return queryOne(sql, `SELECT ${COLUMNS} ${FROM} WHERE c.kind = 'smtp' AND c.state <> 'removed'`)
}

/** The same as `channelRow`, locked until the transaction ends. @throws Fault `not_found` */
export async function lockChannel(sql: Sql, id: string): Promise<ChannelRow> {
  await query(sql, "SELECT id::text FROM channel WHERE id = $1::uuid AND state <> 'removed' FOR UPDATE", [id])
  const row = await channelRow(sql, id)
  if (row === null) throw fault('not_found', { detail: 'There is no such channel.' })
  return row
}

/** What channels are called, removed ones included. */
export function channelNameRows(sql: Sql, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  return query(sql, "SELECT id::text AS id, name FROM channel WHERE id = ANY (string_to_array($1, ',')::uuid[])", [
    ids.join(','),
  ])
}

/** Makes changes of channels wait in one line until this transaction ends. */
export async function lockChannels(sql: Sql): Promise<void> {
  await query(sql, 'SELECT id FROM organisation WHERE id = 1 FOR UPDATE')
}

export type ChannelText = Pick<ChannelRow, 'name' | 'settings' | 'teamId' | 'kinds' | 'severity'> & {
  secret: Uint8Array | null
}

/** @returns false where another channel has the name, or is how mail leaves already */
export async function insertChannel(
  sql: Sql,
  made: ChannelText & { id: string; kind: ChannelKind; createdBy: string | null; at: Date },
): Promise<boolean> {
  const rows = await query(
    sql,
    `INSERT INTO channel (id, name, kind, settings, secret, team_id, kinds, severity, created_by, created_at)
     VALUES ($1::uuid, $2, $3, $4::jsonb, $5::bytea, $6::uuid, string_to_array($7, ','), $8, $9::uuid, $10::timestamptz)
     ON CONFLICT DO NOTHING RETURNING id::text`,
    [
      ...[
        made.id,
        made.name,
        made.kind,
        JSON.stringify(made.settings),
        made.secret && Buffer.from(made.secret),
        made.teamId,
      ],
      ...[made.kinds.join(','), made.severity, made.createdBy, made.at],
    ],
  )
  return rows.length === 1
}

/** Sets what an edit changed; what went wrong before says nothing about what it is now. */
export async function setChannel(sql: Sql, id: string, edit: ChannelText): Promise<void> {
  await query(
    sql,
    `UPDATE channel SET name = $2, settings = $3::jsonb, secret = $4::bytea, team_id = $5::uuid, kinds = string_to_array($6, ','), severity = $7,
       state = 'active', attempts = 0, error = NULL, error_detail = NULL, error_at = NULL, failing_since = NULL WHERE id = $1::uuid`,
    [
      id,
      edit.name,
      JSON.stringify(edit.settings),
      edit.secret && Buffer.from(edit.secret),
      edit.teamId,
      edit.kinds.join(','),
      edit.severity,
    ],
  )
}

/** Ends a channel for good, and forgets its secret. */
export async function endChannel(sql: Sql, id: string): Promise<void> {
  await query(sql, "UPDATE channel SET state = 'removed', secret = NULL WHERE id = $1::uuid", [id])
}

/** Notes that a channel delivered; whether it counted as failing until now. */
export async function noteDelivered(sql: Sql, id: string, at: Date): Promise<boolean> {
  const row = await queryOne<{ was: boolean }>(
    sql,
    `UPDATE channel c SET sent = c.sent + 1, sent_at = $2::timestamptz, attempts = 0, state = 'active', failing_since = NULL
       FROM (SELECT id, state FROM channel WHERE id = $1::uuid FOR UPDATE) before
      WHERE c.id = before.id AND c.state <> 'removed' RETURNING before.state = 'failing' AS was`,
    [id, at],
  )
  return row?.was === true
}

/** Notes that a channel failed; whether it counts as failing only from now on. @param least failures in a row that make it so */
export async function noteFailed(
  sql: Sql,
  id: string,
  failed: { error: string; detail: string | null; at: Date; least: number },
): Promise<boolean> {
  const row = await queryOne<{ newly: boolean }>(
    sql,
    `UPDATE channel c SET attempts = c.attempts + 1, error = $2, error_detail = $3, error_at = $4::timestamptz,
       state = CASE WHEN c.attempts + 1 >= $5::int THEN 'failing' ELSE c.state END,
       failing_since = CASE WHEN c.attempts + 1 >= $5::int THEN coalesce(c.failing_since, $4::timestamptz) ELSE c.failing_since END
       FROM (SELECT id, state FROM channel WHERE id = $1::uuid FOR UPDATE) before
      WHERE c.id = before.id AND c.state <> 'removed' RETURNING c.state = 'failing' AND before.state <> 'failing' AS newly`,
    [id, failed.error, failed.detail, failed.at, failed.least],
  )
  return row?.newly === true
}
