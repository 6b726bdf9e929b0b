import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { endHookToken } from './store-hook'

/**
 * Ends a hook token now, in the caller's transaction: every answer of the hooks is given after a look whether it stands (ADR 0045), so that
 * once this has committed nothing is allowed by it.
 * @param by the person; null: the agent itself
 * @throws Fault `not_found`, also for one that was revoked before
 */
export async function revokeHookToken(
  db: Db,
  agent: { id: string; ownerId: string },
  tokenId: string,
  by: string | null,
  now: Date,
): Promise<void> {
  const ended = await endHookToken(db, { id: tokenId, agentId: agent.id, by }, now)
  if (ended === null)
    throw fault('not_found', { detail: 'This agent has no such hook token, or it was revoked already.' })
  await append(db, {
    kind: 'hook_token.revoked',
    actor: by === null ? 'agent' : `person:${by}`,
    agent: agent.id,
    owner: agent.ownerId,
    about: { credential: ended.credentialId },
    payload: { token: publicId('hook', ended.id), machine: ended.machine },
  })
}
