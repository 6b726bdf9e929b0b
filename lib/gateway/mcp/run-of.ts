import { parsePublicId } from '@/lib/core/ids'
import { runFor } from '@/lib/upstreams/run'
import type { Exchange } from './deps'
import { one } from './message'

/**
 * The run a request belongs to: the one its harness names, else the agent's own for this upstream.
 * @returns the bare UUID
 * @throws Fault `invalid_id`, `too_many_runs`
 */
export async function runOf({ mcp, principal, upstream, request }: Exchange): Promise<string> {
  const named = one(request.headers['countersign-run'])
  const now = mcp.gateway.now()
  return named === undefined
    ? runFor(mcp.machines.connections, principal.agentId, upstream.id, now)
    : parsePublicId('run', named, 'Countersign-Run')
}
