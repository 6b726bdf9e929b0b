import type { AgentStanding } from '@/lib/decisions/standing'
import type { Evaluation } from '@/lib/decisions/facts'
import type { HeldBy } from '@/lib/decisions/request'
import type { Would } from '@/lib/decisions/would'
import type { May } from './may-contract'

/** Why an agent as a whole does nothing now, whatever is asked of it. */
export type Stopped = 'halted' | 'suspended' | 'registered' | 'no_credential'

/** One answer as a page shows it. `told` is what the rules say: where the agent is stopped, what they would say without that. */
export type MayAnswer = {
  may: May
  stopped: Stopped | null
  /** what it would be if the agent were not stopped; null where it is not, or nothing is signed for it */
  otherwise: May | null
  told: { code: string; text: string; rule: string | null }
  /** the line of the signed text that says so; null where no line does */
  place: HeldBy | null
  /** who would be asked: one list of words a seat */
  asked: readonly (readonly string[])[]
  /** rules that read what was not said: arguments, what is known of the resource and of who asks */
  depends: readonly string[]
  /** only reads in its scope still answer: its owner is gone, its review is overdue, or its boundary has lapsed */
  contained: boolean
  /** its boundary only observes: what it would answer if it were enforced */
  observed: May | null
  boundary: { version: number } | null
}

const OF = { allow: 'alone', hold: 'held', forbid: 'never' } as const satisfies Record<Evaluation['decision'], May>

/** What is read off an evaluation. */
export function answered(
  agent: AgentStanding,
  { evaluation, otherwise, asked, depends }: Would,
): Omit<MayAnswer, 'place'> {
  const { reason, observed } = otherwise ?? evaluation
  return {
    may: OF[evaluation.decision],
    stopped: stoppedBy(evaluation),
    otherwise: otherwise === null ? null : OF[otherwise.decision],
    told: { code: reason.code, text: reason.text, rule: reason.rule },
    asked,
    depends,
    contained: (otherwise ?? evaluation).contained,
    observed: observed === undefined ? null : OF[observed.decision],
    boundary: agent.boundary && { version: agent.boundary.version },
  }
}

function stoppedBy({ decision, reason }: Evaluation): Stopped | null {
  if (decision !== 'forbid') return null
  if (reason.code === 'halted') return 'halted'
  if (reason.code === 'agent_suspended') return reason.rule === 'agent.registered' ? 'registered' : 'suspended'
  return reason.code === 'evaluation_error' && reason.rule === 'credential' ? 'no_credential' : null
}
