import type { Db } from '@/lib/db/client'
import type { Access } from '@/lib/tools/tool'

/** An elevation as it is kept, with the names of the people on it. `endedBy` null on an ended one: its time was over. */
export type ElevationRow = {
  id: string
  agentId: string
  slug: string
  ownerId: string
  scopes: Record<string, Access[]>
  tools: string[]
  lengthMs: number
  reason: string
  digest: Buffer
  requestedBy: string
  requester: string
  requestedAt: Date
  granter: string | null
  grantedAt: Date | null
  endsAt: Date | null
  endedAt: Date | null
  ender: string | null
  endReason: string | null
}

type Raw = Omit<ElevationRow, 'digest'> & { digest: Uint8Array }

const SELECT = `SELECT e.id::text AS id, e.agent_id::text AS "agentId", a.slug, a.owner_id::text AS "ownerId", e.mcp_scopes AS scopes, e.tools,
  (e.length_seconds * 1000::float8) AS "lengthMs", e.reason, e.digest, e.requested_by::text AS "requestedBy", r.name AS requester, e.requested_at AS "requestedAt",
  g.name AS granter, e.granted_at AS "grantedAt", e.ends_at AS "endsAt", e.ended_at AS "endedAt", x.name AS ender, e.end_reason AS "endReason"
  FROM elevation e JOIN agent a ON a.id = e.agent_id JOIN person r ON r.id = e.requested_by
  LEFT JOIN person g ON g.id = e.granted_by LEFT JOIN person x ON x.id = e.ended_by`

const toRow = ({ digest, ...row }: Raw): ElevationRow => ({ ...row, digest: Buffer.from(digest) })

export async function findElevation(db: Db, id: string): Promise<ElevationRow | null> {
  const [row] = await db.$queryRawUnsafe<Raw[]>(`${SELECT} WHERE e.id = $1::uuid`, id)
  return row === undefined ? null : toRow(row)
}

/** The newest of an agent, whatever became of them; uses `elevation_agent_id_requested_at_idx`. */
export async function elevationsOfAgent(db: Db, agentId: string, most: number): Promise<ElevationRow[]> {
  const text = `${SELECT} WHERE e.agent_id = $1::uuid ORDER BY e.requested_at DESC LIMIT ${String(most)}`
  return (await db.$queryRawUnsafe<Raw[]>(text, agentId)).map(toRow)
}

/** Those that wait for an answer, the oldest first. */
export async function waitingElevations(db: Db, now: Date): Promise<ElevationRow[]> {
  const text = `${SELECT} JOIN approval q ON q.kind = 'elevation' AND q.subject_id = e.id AND q.status = 'pending' AND q.expires_at > $1::timestamptz
    WHERE e.granted_at IS NULL ORDER BY e.requested_at LIMIT 100`
  return (await db.$queryRawUnsafe<Raw[]>(text, now)).map(toRow)
}

/** Ids of those whose time is over and whose end is not yet in the record. */
export async function overdueElevations(db: Db, most: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text AS id FROM elevation WHERE granted_at IS NOT NULL AND ended_at IS NULL AND ends_at <= clock_timestamp()
     ORDER BY ends_at LIMIT ${most}::int`
  return rows.map(({ id }) => id)
}

export async function insertElevation(
  db: Db,
  row: Pick<ElevationRow, 'id' | 'agentId' | 'scopes' | 'tools' | 'lengthMs' | 'reason' | 'digest' | 'requestedBy'> & {
    requestedAt: Date
  },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO elevation (id, agent_id, mcp_scopes, tools, length_seconds, reason, digest, requested_by, requested_at)
    VALUES (${row.id}::uuid, ${row.agentId}::uuid, ${JSON.stringify(row.scopes)}::jsonb, ${row.tools}::text[],
      ${Math.round(row.lengthMs / 1000)}::int, ${row.reason}, ${new Uint8Array(row.digest)}, ${row.requestedBy}::uuid, ${row.requestedAt})`
}
