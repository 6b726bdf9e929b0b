import type { Db } from '@/lib/db/client'
import type { Actor } from './actor'
import type { Absent } from './delegation'
import type { Role } from './role'

type Row = {
  id: string
  name: string
  email: string
  roles: Role[]
  team_id: string | null
  team: string | null
  on_call: boolean
  stands_in_for?: Absent[]
  via: string
  scope?: string
}

/**
 * Who a live session belongs to: not revoked, not over, and of nobody deactivated. The clock is the database's, so that
 * replicas agree. Notes at most once a minute that the session is in use. By the primary key of `session`.
 */
export async function actorOfSession(db: Db, sessionId: string): Promise<Actor | undefined> {
  const rows = await db.$queryRaw<Row[]>`
    WITH seen AS (
      UPDATE session SET last_seen_at = now()
      WHERE id = ${sessionId}::uuid AND revoked_at IS NULL AND last_seen_at < now() - interval '1 minute'
    )
    SELECT p.id, p.name, p.email, p.roles, p.team_id, m.name AS team, s.id AS via, EXISTS (
      SELECT FROM on_call_shift c WHERE c.person_id = p.id AND c.starts_at <= now() AND (c.ends_at IS NULL OR c.ends_at > now())
    ) AS on_call, (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'email', a.email, 'roles', a.roles, 'team', t.name) ORDER BY d.id), '[]')
      FROM delegation d JOIN person a ON a.id = d.delegator_id AND a.deactivated_at IS NULL LEFT JOIN team t ON t.id = a.team_id
      WHERE d.delegate_id = p.id AND d.ended_at IS NULL AND d.starts_at <= now() AND d.ends_at > now()
    ) AS stands_in_for
    FROM session s JOIN person p ON p.id = s.person_id LEFT JOIN team m ON m.id = p.team_id
    WHERE s.id = ${sessionId}::uuid AND s.token_hash IS NULL AND s.revoked_at IS NULL AND s.expires_at > now() AND p.deactivated_at IS NULL`
  return toActor(rows[0], 'session')
}

/** Who logged in the command line that shows this token (ADR 0055), as for a session; by the unique index on `token_hash`. */
export async function actorOfCommandLine(db: Db, hash: Uint8Array<ArrayBuffer>): Promise<Actor | undefined> {
  const rows = await db.$queryRaw<Row[]>`
    WITH seen AS (
      UPDATE session SET last_seen_at = now()
      WHERE token_hash = ${hash} AND revoked_at IS NULL AND last_seen_at < now() - interval '1 minute'
    )
    SELECT p.id, p.name, p.email, p.roles, p.team_id, m.name AS team, s.id AS via, EXISTS (
      SELECT FROM on_call_shift c WHERE c.person_id = p.id AND c.starts_at <= now() AND (c.ends_at IS NULL OR c.ends_at > now())
    ) AS on_call
    FROM session s JOIN person p ON p.id = s.person_id LEFT JOIN team m ON m.id = p.team_id
    WHERE s.token_hash = ${hash} AND s.revoked_at IS NULL AND s.expires_at > now() AND p.deactivated_at IS NULL`
  return toActor(rows[0], 'command_line')
}

/** Who a live API token belongs to, by the unique index on `token_hash`; it only reads. */
export async function actorOfTokenHash(db: Db, hash: Uint8Array<ArrayBuffer>): Promise<Actor | undefined> {
  const rows = await db.$queryRaw<Row[]>`
    WITH used AS (
      UPDATE api_token SET last_used_at = now()
      WHERE token_hash = ${hash} AND revoked_at IS NULL AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
    )
    SELECT p.id, p.name, p.email, p.roles, p.team_id, m.name AS team, t.id AS via, t.scope, EXISTS (
      SELECT FROM on_call_shift c WHERE c.person_id = p.id AND c.starts_at <= now() AND (c.ends_at IS NULL OR c.ends_at > now())
    ) AS on_call
    FROM api_token t JOIN person p ON p.id = t.person_id LEFT JOIN team m ON m.id = p.team_id
    WHERE t.token_hash = ${hash} AND t.revoked_at IS NULL AND t.expires_at > now() AND p.deactivated_at IS NULL`
  return toActor(rows[0], 'token')
}

/** The hashes of all tokens that stand now, of programs and of command lines, in base64. */
export async function standingTokenHashes(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ hash: string }[]>`
    SELECT encode(token_hash, 'base64') AS hash FROM api_token WHERE revoked_at IS NULL AND expires_at > now()
    UNION ALL SELECT encode(token_hash, 'base64') FROM session WHERE token_hash IS NOT NULL AND revoked_at IS NULL AND expires_at > now()`
  return rows.map(({ hash }) => hash)
}

/** Which of these sessions still live. For streams that outlast a request. */
export async function liveSessions(db: Db, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT s.id FROM session s JOIN person p ON p.id = s.person_id
    WHERE s.id = ANY(${[...ids]}::uuid[]) AND s.revoked_at IS NULL AND s.expires_at > now() AND p.deactivated_at IS NULL`
  return new Set(rows.map((row) => row.id))
}

function toActor(row: Row | undefined, kind: Actor['via']['kind']): Actor | undefined {
  if (row === undefined) return undefined
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    roles: row.roles,
    teamId: row.team_id,
    team: row.team,
    onCall: row.on_call,
    ...(row.stands_in_for !== undefined && row.stands_in_for.length > 0 && { standsInFor: row.stands_in_for }),
    deactivated: false,
    readOnly: kind === 'token',
    ...(row.scope === 'draft' && { drafts: true }),
    ...(row.scope === 'halt' && { halts: true }),
    ...(kind === 'command_line' && { commandLine: true }),
    via: { kind, id: row.via },
  }
}
