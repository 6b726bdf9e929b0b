import { isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { claimGrant } from '@/lib/decisions/claim'
import type { Proposed } from '@/lib/decisions/contract'
import type { Caller } from '@/lib/decisions/decide'
import { introspect } from '@/lib/decisions/introspect'
import { CLAIM_MS } from '@/lib/decisions/expire'
import { payloadOf, stateAt } from '@/lib/decisions/read-own'
import { actionOfApproval, type ActionRow } from '@/lib/decisions/read-action'
import type { Machines } from '@/lib/gateway/agent-request'
import type { AccessDecision } from './contract'
import { denied } from './denied'
import { sameAsked } from './proposed'

/**
 * The evaluation of what a person approved (Access Request and Approval Profile, draft 1, "Approval and Re-evaluation"): the approval must be of exactly
 * this subject, action and resource, and the gate runs again. An approval is good for one *true*: a second evaluation with it is denied, and
 * what to do next is said.
 */
export async function reevaluate(
  machines: Machines,
  caller: Caller,
  proposed: Proposed,
  approval: unknown,
): Promise<AccessDecision> {
  const action = await approvedAction(machines, caller, approval)
  const payload = action && (await payloadOf(machines.connections, action))
  if (action === null || payload === null)
    return denied('approval_unverifiable', 'There is no such approval for this agent.', NONE)
  if (!sameAsked({ ...payload, resource: payload.resource ?? undefined }, proposed))
    return denied('out_of_scope', 'The approval is for something else. Evaluate this without it.', NONE)
  const state = stateAt(action, new Date(machines.now()))
  if (state === 'held')
    return denied('grant_pending', 'Nobody has answered yet.', { next_action: 'retry', retry_after: 5 })
  const until = approvedUntil(action)?.getTime() ?? 0
  if (state !== 'approved' || action.grant_hash !== null || until <= machines.now())
    return denied(
      'approval_expired',
      `The approval was used, or has ended: it is ${state}. Evaluate this without it.`,
      NONE,
    )
  try {
    const given = await claimGrant(machines, caller, action.id)
    if (given.grant === null) return denied('policy_denied', given.reason.text, NONE)
    // consumed here and now: of two evaluations in one moment one has the grant that stands, and nobody claims another after it
    const { tool, arguments: args, resource } = payload
    const used = await introspect(machines.connections, {
      token: given.grant.token,
      agent: action.slug,
      tool,
      arguments: args,
      resource: resource ?? undefined,
    })
    if (!used.active) return denied('approval_expired', `The approval cannot be used now: ${used.reason}.`, NONE)
    return {
      decision: true,
      context: {
        evaluation_id: given.id,
        reason: 'approved',
        approval: { id: given.approval?.id, approved_until: approvedUntil(action)?.toISOString() },
        outcome_endpoint: outcomeAddress(machines.publicUrl(), given.id),
      },
    }
  } catch (error) {
    // a halt, the end of its run, another claim in the same moment: refusals of this approval, recorded by the claim
    if (isFault(error) && ['frozen', 'wrong_state', 'grant_invalid', 'conflict'].includes(error.code))
      return denied(error.code === 'frozen' ? 'halted' : 'approval_expired', error.message, NONE)
    throw error
  }
}

const NONE = { next_action: 'none' }

/** Where whoever acts on an approval says what came of it. */
export const outcomeAddress = (publicUrl: URL, actionId: string): string =>
  new URL(`/access/v1/requests/${actionId}/outcome`, publicUrl).href

/** Until when an approved action can be evaluated again; null where nobody approved it. */
export function approvedUntil({ approval_closed_at: at }: Pick<ActionRow, 'approval_closed_at'>): Date | null {
  return at === null ? null : new Date(at.getTime() + CLAIM_MS)
}

async function approvedAction(
  { connections }: Machines,
  { agentId }: Caller,
  approval: unknown,
): Promise<ActionRow | null> {
  const given = typeof approval === 'object' && approval !== null && 'id' in approval ? approval.id : null
  if (typeof given !== 'string') return null
  let id: string
  try {
    id = parsePublicId('approval', given)
  } catch {
    return null
  }
  const action = await actionOfApproval(connections, id)
  return action !== null && action.agent_id === agentId ? action : null
}
