import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { LEASE } from './leases'

/** The longest lease of a client that renews, in seconds: the organisation's, and an agent's own where it has a shorter one. */
export type Leases = { organisation: number; own: number | null }

/** What holds for an agent; without one, for all. */
export async function findLeases(sql: Sql, agentId: string | null): Promise<Leases> {
  const row = await queryOne<Leases>(
    sql,
    `SELECT o.lease_seconds AS organisation, (SELECT g.lease_seconds FROM agent g WHERE g.id = $1::uuid) AS own FROM organisation o`,
    [agentId],
  )
  return row ?? { organisation: LEASE.byDefault, own: null }
}

/** Sets the organisation's, and answers what it was. */
export async function setLongestLease(sql: Sql, seconds: number): Promise<number> {
  const row = await queryOne<{ before: number }>(
    sql,
    `WITH before AS (SELECT id, lease_seconds FROM organisation FOR UPDATE)
     UPDATE organisation o SET lease_seconds = $1::int FROM before b WHERE o.id = b.id RETURNING b.lease_seconds AS before`,
    [seconds],
  )
  return row?.before ?? LEASE.byDefault
}

/** Sets an agent's own; null: the organisation's. */
export async function setAgentLease(sql: Sql, agentId: string, seconds: number | null): Promise<void> {
  await query(sql, 'UPDATE agent SET lease_seconds = $2::int WHERE id = $1::uuid', [agentId, seconds])
}
