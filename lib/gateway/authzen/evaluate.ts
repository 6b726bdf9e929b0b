import { idTime, parsePublicId } from '@/lib/core/ids'
import type { ActionOutput } from '@/lib/decisions/contract'
import type { Machines } from '@/lib/gateway/agent-request'
import { noteAsked } from '@/lib/resources/note-asked'
import type { Asker } from './asker'
import type { AccessDecision, EvaluationInput } from './contract'
import { denied } from './denied'
import { proposedOf, TOOL_CALL } from './proposed'
import { reevaluate } from './reevaluate'

/** How long after a denial access can be requested, in milliseconds. */
export const REQUESTABLE_MS = 10 * 60_000

/**
 * One Access Evaluation (AuthZEN 1.0 §6): decided and recorded like any proposal, except that nobody is asked by it. What a person would be
 * asked about is a denial that can be requested (ADR 0047). With `context.approval` it is the second evaluation of what was approved.
 * @throws Fault `stop_only`, `invalid_credential`, `cannot_record`, `clock_skew`
 */
export async function evaluateAccess(
  machines: Machines,
  asker: Asker,
  input: EvaluationInput,
): Promise<AccessDecision> {
  const caller = await asker.callerFor(input.subject.id)
  if (caller === null)
    return denied('unknown_subject', 'Nobody let this caller ask for such an agent, or there is none.')
  const proposed = proposedOf(input, asker.vouches)
  if (proposed === null)
    return denied('unknown_action', 'No tool can have the name that this action and resource make.')
  const approval: unknown = input.context?.['approval']
  if (approval !== undefined) return reevaluate(machines, caller, proposed, approval)
  const decided = await machines.decider.decide(caller, proposed, null, { asks: false })
  // without a key nothing is replayed, and what asks nobody finds nothing that waits
  if (!('answer' in decided)) return denied('cannot_record', 'It could not be recorded. Ask again.')
  const { type, id } = input.resource
  if (type !== TOOL_CALL.type) await noteAsked(machines.connections, caller.agentId, type, id)
  return decisionOf(machines, decided.answer)
}

/** What was decided, as AuthZEN says it. The grant is for who wants to check before it acts; whoever asked may act on the decision alone. */
export function decisionOf({ publicUrl }: Machines, { id, decision, reason, grant }: ActionOutput): AccessDecision {
  const at = new Date(idTime(parsePublicId('action', id)))
  const context = {
    evaluation_id: id,
    evaluated_at: at.toISOString(),
    reason: reason.code,
    reason_user: { en: reason.text },
    ...(reason.rule !== null && { reason_admin: { en: reason.rule } }),
  }
  if (decision === 'allow') return { decision: true, context: { ...context, ...(grant && { grant }) } }
  if (reason.code !== 'not_asked') return { decision: false, context }
  const endpoint = new URL('/access/v1/requests', publicUrl()).href
  return {
    decision: false,
    context: {
      ...context,
      reason: 'approval_required',
      access_request: { endpoint, expires_at: requestableUntil(at).toISOString() },
    },
  }
}

/** Until when the denial of a moment can be turned into a request. */
export const requestableUntil = (at: Date): Date => new Date(at.getTime() + REQUESTABLE_MS)
