import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { queryOne } from '@/lib/ledger/sql'

/**
 * Notes that an agent was refused a run because as many are open as its limits let it have (C39), in the caller's transaction. Every refusal
 * is counted, and the first of an hour is an entry: an agent that keeps asking fills no ledger.
 */
export async function noteRefusedRun(db: Db, agentId: string): Promise<void> {
  const row = await queryOne<{ first: boolean; ownerId: string }>(
    db,
    `INSERT INTO counter AS k (agent_id, "window", starts_at, used)
     VALUES ($1::uuid, 'refused_runs:hour', (limit_starts() ->> 'hour')::timestamptz, 1)
     ON CONFLICT (agent_id, "window", starts_at) DO UPDATE SET used = k.used + 1
     RETURNING k.used = 1 AS first, (SELECT a.owner_id::text FROM agent a WHERE a.id = k.agent_id) AS "ownerId"`,
    [agentId],
  )
  if (row?.first !== true) return
  await append(db, {
    kind: 'run.refused',
    actor: 'agent',
    agent: agentId,
    owner: row.ownerId,
    reason: 'limit_reached',
    labels: ['reached_concurrent_runs'],
  })
}
