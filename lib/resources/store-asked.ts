import { query, type Sql } from '@/lib/ledger/sql'

/** Of one agent at most so many are known, whatever their types. */
export const MOST_ASKED = 1_000

/** Notes that an agent was asked about a resource; nothing where it is known, or enough are. */
export async function insertAsked(sql: Sql, agentId: string, type: string, name: string): Promise<void> {
  await query(
    sql,
    `INSERT INTO resource_asked (agent_id, type, name) SELECT $1::uuid, $2, $3
      WHERE (SELECT count(*) FROM (SELECT 1 FROM resource_asked WHERE agent_id = $1::uuid LIMIT ${String(MOST_ASKED)}) AS known) < ${String(MOST_ASKED)}
     ON CONFLICT DO NOTHING`,
    [agentId, type, name],
  )
}

/** The resources of a type that an agent was asked about, by name after a name; uses the primary key. */
export async function listAsked(
  sql: Sql,
  agentId: string,
  type: string,
  after: string,
  most: number,
): Promise<string[]> {
  const rows = await query<{ name: string }>(
    sql,
    'SELECT name FROM resource_asked WHERE agent_id = $1::uuid AND type = $2 AND name > $3 ORDER BY name LIMIT $4::int',
    [agentId, type, after, most],
  )
  return rows.map(({ name }) => name)
}
