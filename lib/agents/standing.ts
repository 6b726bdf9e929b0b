import type { Db } from '@/lib/db/client'

/** Whether a credential, and the agent behind it, may still authenticate at a moment. One statement, by primary key. */
export async function credentialStands(db: Db, credentialId: string, agentId: string, now: Date): Promise<boolean> {
  const [row] = await db.$queryRaw<{ stands: boolean }[]>`
    SELECT c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > ${now}) AND a.state <> 'retired' AS stands
    FROM credential c JOIN agent a ON a.id = c.agent_id
    WHERE c.id = ${credentialId}::uuid AND c.agent_id = ${agentId}::uuid`
  return row?.stands === true
}
