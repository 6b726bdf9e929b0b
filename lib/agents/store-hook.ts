import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** A hook token without itself. Ids are bare UUIDs. */
export type HookTokenRow = {
  id: string
  agentId: string
  credentialId: string
  machine: string
  madeAt: Date
  expiresAt: Date
  heardAt: Date | null
  revokedAt: Date | null
}

const TOKEN = `t.id::text AS id, t.agent_id::text AS "agentId", t.credential_id::text AS "credentialId", t.machine, t.made_at AS "madeAt",
  t.expires_at AS "expiresAt", t.heard_at AS "heardAt", t.revoked_at AS "revokedAt"`

/** Inserts a hook token, known by its hash alone. */
export async function insertHookToken(
  sql: Sql,
  row: Pick<HookTokenRow, 'id' | 'agentId' | 'credentialId' | 'machine' | 'madeAt' | 'expiresAt'> & { hash: Buffer },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO hook_token (id, agent_id, credential_id, hash, machine, made_at, expires_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, $5::text, $6::timestamptz, $7::timestamptz)`,
    [row.id, row.agentId, row.credentialId, row.hash, row.machine, row.madeAt, row.expiresAt],
  )
}

/** Whom a hook token speaks for, where it, its credential and its agent stand at a moment; null otherwise. One statement, by the hash. */
export function findStanding(
  sql: Sql,
  hash: Buffer,
  now: Date,
): Promise<{ id: string; agentId: string; credentialId: string; clientId: string; heardAt: Date | null } | null> {
  return queryOne(
    sql,
    `SELECT t.id::text AS id, t.agent_id::text AS "agentId", t.credential_id::text AS "credentialId", c.client_id AS "clientId", t.heard_at AS "heardAt"
       FROM hook_token t JOIN credential c ON c.id = t.credential_id JOIN agent a ON a.id = t.agent_id
      WHERE t.hash = $1::bytea AND t.revoked_at IS NULL AND t.expires_at > $2::timestamptz AND a.state <> 'retired'
        AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $2::timestamptz)`,
    [hash, now],
  )
}

/** The hashes of the tokens that stand at a moment, in base64. */
export async function hookHashes(sql: Sql, now: Date): Promise<string[]> {
  const rows = await query<{ hash: string }>(
    sql,
    `SELECT encode(hash, 'base64') AS hash FROM hook_token WHERE revoked_at IS NULL AND expires_at > $1::timestamptz`,
    [now],
  )
  return rows.map(({ hash }) => hash)
}

/**
 * Notes that a hook was heard with a token, at most every ten seconds: it says "in use", it is no log. The first one after a session began is always
 * noted, since it is how that session is known to ask.
 */
export async function touchHookToken(sql: Sql, id: string, now: Date): Promise<void> {
  await query(
    sql,
    `UPDATE hook_token SET heard_at = $2::timestamptz
      WHERE id = $1::uuid AND (heard_at IS NULL OR heard_at < $2::timestamptz - interval '10 seconds' OR heard_at <= began_at)`,
    [id, now],
  )
}

/** The newest hook tokens of an agent. */
export function listHookTokens(sql: Sql, agentId: string, most: number): Promise<HookTokenRow[]> {
  return query(
    sql,
    `SELECT ${TOKEN} FROM hook_token t WHERE t.agent_id = $1::uuid ORDER BY t.made_at DESC LIMIT $2::int`,
    [agentId, most],
  )
}

/** How many of an agent's live at a moment. */
export async function countHookTokens(sql: Sql, agentId: string, now: Date): Promise<number> {
  const row = await queryOne<{ live: number }>(
    sql,
    `SELECT count(*)::int AS live FROM hook_token WHERE agent_id = $1::uuid AND revoked_at IS NULL AND expires_at > $2::timestamptz`,
    [agentId, now],
  )
  return row?.live ?? 0
}

/** Revokes one of an agent's; null when there is none, or it was revoked already. */
export function endHookToken(
  sql: Sql,
  token: { id: string; agentId: string; by: string | null },
  now: Date,
): Promise<HookTokenRow | null> {
  return queryOne(
    sql,
    `UPDATE hook_token t SET revoked_at = $3::timestamptz, revoked_by = $4::uuid
      WHERE t.id = $1::uuid AND t.agent_id = $2::uuid AND t.revoked_at IS NULL RETURNING ${TOKEN}`,
    [token.id, token.agentId, now, token.by],
  )
}

/** Notes that a machine said a session begins with a token. */
export async function writeBeginning(sql: Sql, id: string, now: Date): Promise<void> {
  await query(sql, 'UPDATE hook_token SET began_at = $2::timestamptz WHERE id = $1::uuid', [id, now])
}

export type SilentRow = HookTokenRow & { ownerId: string; began: boolean }

/**
 * Marks the tokens with which a session began and no hook was heard since, and those that were made and never heard of, and answers them;
 * each once for one silence.
 */
export function markSilent(sql: Sql, now: Date, begunBefore: Date, madeBefore: Date): Promise<SilentRow[]> {
  return query(
    sql,
    `UPDATE hook_token t SET silent_at = $1::timestamptz FROM agent a
      WHERE a.id = t.agent_id AND t.revoked_at IS NULL AND (
        (t.began_at <= $2::timestamptz AND t.began_at > coalesce(t.heard_at, '-infinity') AND t.began_at > coalesce(t.silent_at, '-infinity'))
        OR (t.began_at IS NULL AND t.made_at <= $3::timestamptz AND t.heard_at IS NULL AND t.silent_at IS NULL))
      RETURNING ${TOKEN}, a.owner_id::text AS "ownerId", t.began_at IS NOT NULL AS began`,
    [now, begunBefore, madeBefore],
  )
}
