import { uuidv7 } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'

export type OwnedAgent = { slug: string; purpose: string; environment: string; state: string }

/** The agents somebody answers for today, by name. */
export function agentsOwned(db: Db, personId: string): Promise<OwnedAgent[]> {
  return db.agent.findMany({
    where: { ownerId: personId, state: { not: 'retired' } },
    select: { slug: true, purpose: true, environment: true, state: true },
    orderBy: { slug: 'asc' },
  })
}

const LATEST = new Uint8Array(10).fill(255)

/**
 * The names of the agents somebody answered for at a moment, out of the ledger (C06): every entry of an agent names its owner
 * as of then, so the last one before the moment says it. One step of the index `entry_agent` for each agent.
 */
export async function agentsOwnedAt(db: Db, personId: string, at: Date): Promise<string[]> {
  const until = uuidv7(at.getTime(), LATEST)
  const rows = await db.$queryRaw<{ slug: string }[]>`
    SELECT a.slug FROM agent a CROSS JOIN LATERAL (
      SELECT convert_from(e.envelope, 'UTF8')::jsonb AS said FROM ledger.entry e
      WHERE e.agent_id = a.id AND e.id <= ${until}::uuid AND convert_from(e.envelope, 'UTF8')::jsonb ? 'owner'
      ORDER BY e.id DESC LIMIT 1
    ) last
    WHERE last.said ->> 'owner' = ${personId}
    ORDER BY a.slug`
  return rows.map(({ slug }) => slug)
}
