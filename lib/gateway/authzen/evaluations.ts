import { isFault } from '@/lib/core/fault'
import { judge } from '@/lib/core/judge'
import type { Machines } from '@/lib/gateway/agent-request'
import type { Asker } from './asker'
import { type AccessDecision, evaluationInput, type EvaluationsInput, type Semantic } from './contract'
import { denied } from './denied'
import { evaluateAccess } from './evaluate'

/** With which answer a semantic is done (AuthZEN 1.0 §7.1.2.1); undefined: with none before the last. */
const ENDS_ON: Readonly<Record<Semantic, boolean | undefined>> = {
  execute_all: undefined,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
}

/**
 * Several evaluations in one request, in its order. An evaluation that is incomplete is denied with what it lacks; one that this asker cannot have
 * decided at all (its credential, its rate, a ledger that does not record) refuses them all.
 */
export async function evaluateAll(
  machines: Machines,
  asker: Asker,
  { evaluations = [], options, ...top }: EvaluationsInput,
): Promise<AccessDecision[]> {
  const ends = ENDS_ON[options?.evaluations_semantic ?? 'execute_all']
  const answers: AccessDecision[] = []
  for (const each of evaluations) {
    const answer = await evaluateMerged(machines, asker, merged(top, each))
    answers.push(answer)
    if (answer.decision === ends) break
  }
  return answers
}

async function evaluateMerged(machines: Machines, asker: Asker, given: unknown): Promise<AccessDecision> {
  try {
    return await evaluateAccess(machines, asker, judge(evaluationInput, given))
  } catch (error) {
    if (!isFault(error) || error.code !== 'invalid_request') throw error
    return denied('invalid_request', error.message, {
      error: { status: 400, field: error.field, message: error.message },
    })
  }
}

/** An entity that an evaluation gives replaces the default's, which still names what it leaves out of type, id and name (certification §3.2.7). */
export function merged(top: Record<string, unknown>, each: Record<string, unknown>): Record<string, unknown> {
  const one = (name: 'subject' | 'action' | 'resource') => {
    const [base, own] = [top[name], each[name]]
    if (own === undefined) return base
    if (!isObject(own) || !isObject(base)) return own
    const { type, id, name: called } = base
    return {
      ...(type !== undefined && { type }),
      ...(id !== undefined && { id }),
      ...(called !== undefined && { name: called }),
      ...own,
    }
  }
  return {
    subject: one('subject'),
    action: one('action'),
    resource: one('resource'),
    context: each['context'] ?? top['context'],
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
