import type { Sandbox } from '@/lib/boundary/boundary'
import { digestText } from '@/lib/core/digest-text'
import { publicId } from '@/lib/core/ids'
import { entriesByIds } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import { attestationsOf } from './store-attestations'

/** One attestation of an action, verified when it was accepted: who signed it, what it says was enforced, and its entry. */
export type ReadAttestation = {
  runner: string
  thumbprint: string
  /** the runner was revoked since */
  revoked: boolean
  enforced: Sandbox
  runtime: string
  profile: string
  at: string
  /** where its entry lies in the log; null until it was sequenced */
  index: number | null
  id: string
}

/** The attestations that were accepted for an action, oldest first. */
export async function readAttestations(sql: Sql, actionId: string): Promise<ReadAttestation[]> {
  const rows = await attestationsOf(sql, actionId)
  const entries = await entriesByIds(
    sql,
    rows.map(({ id }) => id),
  )
  const indexes = new Map(entries.map(({ id, index }) => [id, index]))
  return rows.map((row) => ({
    runner: row.runner,
    thumbprint: row.thumbprint,
    revoked: row.revokedAt !== null,
    enforced: row.enforced,
    runtime: `${row.runtime} ${row.runtimeVersion}`,
    profile: digestText(row.profile),
    at: row.at.toISOString(),
    index: indexes.get(row.id) ?? null,
    id: publicId('entry', row.id),
  }))
}
