import { randomBytes } from 'node:crypto'
import { sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { HookTokenInput, HookTokenOutput } from './hook-contract'
import { hookTokenFrom, MOST_HOOK_TOKENS } from './hook-token'
import { lockAgent } from './store'
import { countHookTokens, insertHookToken } from './store-hook'

/**
 * Gives an agent a hook token and answers it, this once: only its hash is kept. It dies with the credential it was asked for with. In the
 * caller's transaction.
 * @param owner who answers for the agent
 * @throws Fault `conflict` when as many live as may
 */
export async function issueHookToken(
  db: Db,
  caller: { agentId: string; credentialId: string; ownerId: string },
  input: HookTokenInput,
  now: Date,
): Promise<HookTokenOutput> {
  await lockAgent(db, caller.agentId)
  if ((await countHookTokens(db, caller.agentId, now)) >= MOST_HOOK_TOKENS)
    throw fault('conflict', {
      detail: `This agent has ${String(MOST_HOOK_TOKENS)} hook tokens that live. Revoke those that are not in use.`,
    })
  const id = newId(now.getTime())
  const token = hookTokenFrom(randomBytes(32))
  const expiresAt = new Date(now.getTime() + Math.round(input.hours * 3_600_000))
  const { agentId, credentialId, ownerId } = caller
  await insertHookToken(db, {
    id,
    agentId,
    credentialId,
    machine: input.machine,
    madeAt: now,
    expiresAt,
    hash: sha256(token),
  })
  await append(db, {
    kind: 'hook_token.created',
    actor: 'agent',
    agent: agentId,
    owner: ownerId,
    about: { credential: credentialId },
    payload: { token: publicId('hook', id), machine: input.machine, expires_at: expiresAt.toISOString() },
  })
  return { id: publicId('hook', id), token, expires_at: expiresAt.toISOString() }
}
