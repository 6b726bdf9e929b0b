import type { Db } from '@/lib/db/client'

/** Whether a credential, and the agent behind it, may still authenticate at a moment. One statement, by primary key. */
export async function credentialStands(db: Db, credentialId: string, agentId: string, now: Date): Promise<boolean> {
  const [row] = await db.$queryRaw<{ stands: boolean }[]>`
    SELECT c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > ${now}) AND a.state <> 'retired' AS stands
    FROM credential c JOIN agent a ON a.id = c.agent_id
    WHERE c.id = ${credentialId}::uuid AND c.agent_id = ${agentId}::uuid`
  return row?.stands === true
}

/** Of these credentials, those that still stand at a moment, with their agents; one statement for all of them. */
export async function credentialsStanding(db: Db, credentialIds: readonly string[], now: Date): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT c.id::text AS id FROM credential c JOIN agent a ON a.id = c.agent_id
    WHERE c.id = ANY (${[...credentialIds]}::uuid[])
      AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > ${now}) AND a.state <> 'retired'`
  return new Set(rows.map(({ id }) => id))
}
