import { canonicalBytes } from '@/lib/core/canonical'
import type { JsonObject } from '@/lib/core/json'
import { publicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import type { ActionOutput } from '@/lib/decisions/contract'
import { grantedCall } from '@/lib/decisions/read-own'
import { recentActionOfCall } from '@/lib/gateway/hooks/store-call'
import { readAction } from './claim'
import type { Exchange } from './deps'
import { metaOf, one, type Request } from './message'

/** Between the answer of a hook and the call it let through lies no person: so many milliseconds, and no more. */
const JOINED_MS = 30_000
const USE_ID = 'claudecode/toolUseId'

/**
 * The decision that a hook of Claude Code has taken on this very call already: the same agent, tool and arguments, named by the client's id of the
 * call, let through within seconds, its grant not used. The person is then asked once. Anything else is decided here; the id is the client's word,
 * and finds a decision but never makes one.
 * @returns the action and its run; null where there is none to go on with
 */
export async function joined(
  { mcp, principal, request }: Exchange,
  message: Request,
  deed: { tool: string; arguments: JsonObject },
): Promise<{ action: ActionOutput; runId: string } | null> {
  const useId = metaOf(message.params)[USE_ID]
  if (message.method !== 'tools/call' || typeof useId !== 'string' || useId.length > 200) return null
  const now = mcp.gateway.now()
  const since = new Date(now.getTime() - JOINED_MS)
  const actionId = await recentActionOfCall(db(), principal.agentId, useId, since)
  const granted =
    actionId === null ? null : await grantedCall(mcp.machines.connections, principal.agentId, actionId, now)
  if (actionId === null || granted === null || granted.tool !== deed.tool) return null
  if (!canonicalBytes(granted.arguments).equals(canonicalBytes(deed.arguments))) return null
  const named = one(request.headers['countersign-run'])
  if (named !== undefined && named !== publicId('run', granted.runId)) return null
  return { action: await readAction({ mcp, principal }, actionId), runId: granted.runId }
}
