import type { Sandbox } from '@/lib/boundary/boundary'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** One attestation that was accepted. Ids are bare UUIDs. */
export type AttestationRow = {
  id: string
  runnerId: string
  agentId: string
  actionId: string | null
  enforced: Sandbox
  runtime: string
  runtimeVersion: string
  profile: Buffer
  issuedAt: Date
  at: Date
}

/** Keeps an attestation, and with it that its nonce was used; false where it was used before. */
export async function insertAttestation(
  sql: Sql,
  row: AttestationRow & { nonceHash: Buffer; request: Buffer; expiresAt: Date },
): Promise<boolean> {
  const made = await queryOne<{ id: string }>(
    sql,
    `INSERT INTO sandbox_attestation (id, nonce_hash, runner_id, agent_id, action_id, request, profile, enforced, runtime, runtime_version, issued_at, expires_at, at)
     VALUES ($1::uuid, $2::bytea, $3::uuid, $4::uuid, $5::uuid, $6::bytea, $7::bytea, $8::jsonb, $9::text, $10::text, $11::timestamptz, $12::timestamptz, $13::timestamptz)
     ON CONFLICT (nonce_hash) DO NOTHING RETURNING id::text AS id`,
    [
      ...[row.id, row.nonceHash, row.runnerId, row.agentId, row.actionId, row.request, row.profile],
      ...[JSON.stringify(row.enforced), row.runtime, row.runtimeVersion, row.issuedAt, row.expiresAt, row.at],
    ],
  )
  return made !== null
}

/** Writes which action an attestation was for, once it is known. */
export async function bindAttestation(sql: Sql, id: string, actionId: string): Promise<void> {
  await query(sql, 'UPDATE sandbox_attestation SET action_id = $2::uuid WHERE id = $1::uuid AND action_id IS NULL', [
    id,
    actionId,
  ])
}

export type ListedAttestation = AttestationRow & { runner: string; thumbprint: string; revokedAt: Date | null }

/** The attestations of an action, oldest first, with the runner that signed each. */
export function attestationsOf(sql: Sql, actionId: string): Promise<ListedAttestation[]> {
  return query(
    sql,
    `SELECT s.id::text AS id, s.runner_id::text AS "runnerId", s.agent_id::text AS "agentId", s.action_id::text AS "actionId", s.enforced, s.runtime,
            s.runtime_version AS "runtimeVersion", s.profile, s.issued_at AS "issuedAt", s.at, r.name AS runner, r.thumbprint, r.revoked_at AS "revokedAt"
       FROM sandbox_attestation s JOIN runner r ON r.id = s.runner_id WHERE s.action_id = $1::uuid ORDER BY s.at, s.id LIMIT 20`,
    [actionId],
  )
}
