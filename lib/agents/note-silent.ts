import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { markSilent } from './store-hook'

/** A session of Claude Code asks something within seconds of its start; what begins and is not heard of for so long goes by without us. */
export const UNHEARD_AFTER_MS = 10 * 60_000
/** A token is made to begin a session. One that is not used for so long is in use elsewhere, or nobody needed it. */
export const UNUSED_AFTER_MS = 60 * 60_000

/**
 * Records the sessions nothing is heard of: a machine said that one begins, or a token was made for one, and no hook came. In the caller's
 * transaction; each silence once. What raises the alert is the entry.
 */
export async function noteSilent(db: Db, now: Date): Promise<number> {
  const before = (ms: number) => new Date(now.getTime() - ms)
  const silent = await markSilent(db, now, before(UNHEARD_AFTER_MS), before(UNUSED_AFTER_MS))
  for (const { id, agentId, ownerId, credentialId, machine, began } of silent)
    await append(db, {
      kind: 'hook_token.unheard',
      actor: 'system',
      agent: agentId,
      owner: ownerId,
      about: { credential: credentialId },
      labels: [began ? 'session_began' : 'token_made'],
      payload: { token: publicId('hook', id), machine },
    })
  return silent.length
}
