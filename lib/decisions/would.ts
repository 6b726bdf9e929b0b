import type { ToolName } from '@/lib/tools/tool'
import { askedFor } from './asked'
import type { Proposed } from './contract'
import type { Caller, Decider } from './decide'
import { STEPS } from './decision'
import { dependsOn } from './depends'
import type { Evaluation } from './facts'
import type { AgentStanding, Standings } from './standing'

/** A call that nobody makes. */
export type Question = {
  tool: ToolName
  /** null: they are not said, so the tool's schema is not looked at, and what conditions read of them is not there */
  arguments: Proposed['arguments'] | null
  resource?: Proposed['resource']
  attributes?: Proposed['attributes']
}

/** What the gate would answer, and what that rests on. */
export type Would = {
  evaluation: Evaluation
  /** where a halt, its state or the lack of a credential is what stops it: what would be answered without that */
  otherwise: Evaluation | null
  /** who would be asked, one list of words a seat (`lib/approvals/asked.ts`); empty where nobody would */
  asked: readonly (readonly string[])[]
  /** rules about this tool that read what was not said, by their places */
  depends: readonly string[]
}

const UNUSED = { minute: 0, hour: 0, day: 0 }

/**
 * What the gate would answer to a call now: the same evaluation as a decision's, in memory alone. Nothing is recorded, and limits are not looked at
 * (ADR 0054). @param credentialId with which it would ask; null: any usable one
 */
export function wouldAnswer(
  decider: Decider,
  agent: AgentStanding,
  { epoch, house, tools }: Standings,
  question: Question,
  credentialId: string | null,
  now: number,
): Would {
  const { tool, resource, attributes } = question
  const known = tools.get(tool.name) ?? null
  const { schema: _, ...unread } = known ?? { schema: undefined }
  const judged =
    known !== null && question.arguments === null ? { ...unread, name: known.name, class: known.class } : known
  const call = { arguments: question.arguments ?? {}, resource, attributes }
  const of = (under: AgentStanding, halts: typeof house.halts): Evaluation => {
    const caller: Caller = { agentId: agent.id, credentialId: credentialId ?? usable(under, now), scope: 'act' }
    const standing = { epoch, house: { ...house, halts }, agent: under, tool: judged }
    return decider.judge(caller, standing, tool, call, null, UNUSED, null).evaluation
  }
  const evaluation = of(agent, house.halts)
  const stopped = isStopped(evaluation)
  const free = { ...agent, state: 'active' as const, credentials: new Map([[credentialId ?? ANY, null]]) }
  const otherwise = stopped && agent.boundary !== null ? of(free, []) : null
  const told = otherwise ?? evaluation
  return {
    evaluation,
    otherwise,
    asked:
      told.decision === 'hold'
        ? askedFor(told.reasons, {
            boundary: agent.boundary?.document.approval_required ?? [],
            baseline: house.baseline?.document.approval_required ?? [],
          }).asked
        : [],
    depends:
      agent.boundary === null
        ? []
        : dependsOn(tool, known, agent.boundary.document, house.baseline?.document ?? null, {
            args: question.arguments === null,
            resource: attributes === undefined,
            subject: attributes === undefined,
          }),
  }
}

/** Stands for a credential where one is supposed. */
const ANY = 'any'

function usable({ credentials }: AgentStanding, now: number): string {
  for (const [id, ends] of credentials) if (ends === null || ends > now) return id
  return ''
}

/** It is the agent that is stopped, whatever its rules say of this call. */
export function isStopped({ decision, reason, contained }: Evaluation): boolean {
  return (
    decision === 'forbid' &&
    !contained &&
    (reason.step === STEPS.credential || reason.step === STEPS.halts || reason.code === 'agent_suspended')
  )
}
