import { fault, isFault } from '@/lib/core/fault'
import { claimGrant } from '@/lib/decisions/claim'
import type { ActionOutput } from '@/lib/decisions/contract'
import { readOwn } from '@/lib/decisions/read-own'
import { asCaller } from '@/lib/gateway/agent-request'
import { isBegun } from './answer'
import type { Exchange } from './deps'

/** An action of the agent as it stands now. @throws Fault `not_found` */
export async function readAction(
  { mcp, principal }: Pick<Exchange, 'mcp' | 'principal'>,
  actionId: string,
): Promise<ActionOutput> {
  const { connections, publicUrl } = mcp.machines
  const found = await readOwn(connections, publicUrl(), principal.agentId, actionId, mcp.gateway.now())
  if (found === null) throw fault('not_found')
  return found
}

/**
 * Claims the grant of an approved action. Where another request for the same call was quicker, the action is returned as it stands, without a
 * grant: it is being run, or was.
 * @throws Fault as `claimGrant` does
 */
export async function claimOrFollow(
  exchange: Pick<Exchange, 'mcp' | 'principal'>,
  actionId: string,
): Promise<ActionOutput> {
  try {
    return await claimGrant(exchange.mcp.machines, asCaller(exchange.principal, 'mcp'), actionId)
  } catch (error) {
    if (!isFault(error) || (error.code !== 'wrong_state' && error.code !== 'grant_invalid')) throw error
    const now = await readAction(exchange, actionId)
    if (!isBegun(now.status)) throw error
    return { ...now, grant: null }
  }
}
