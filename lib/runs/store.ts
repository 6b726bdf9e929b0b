import type pg from 'pg'
import type { Attestation } from './contract'

/** A run as decisions read it. What it attested never changes; the taint only ever comes. */
export type RunRow = { id: string; agentId: string; sandbox: Attestation | null; tainted: boolean; open: boolean }

/** A run by its id, or null. */
export async function findRun(connections: pg.Pool, id: string): Promise<RunRow | null> {
  const { rows } = await connections.query<RunRow>({
    name: 'run',
    text: `SELECT id::text AS id, agent_id::text AS "agentId", sandbox, tainted_at IS NOT NULL AS tainted,
             closed_at IS NULL AND lease_until > clock_timestamp() AS open FROM run WHERE id = $1`,
    values: [id],
  })
  return rows[0] ?? null
}
