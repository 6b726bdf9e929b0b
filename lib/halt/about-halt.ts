import type { LiftStage } from './staged-lift'
import type { HaltRow } from './store'

/** What an entry about a halt says of it; with a stage of its lift, or how that goes past stages (`at_once`). */
export function aboutHalt(halt: HaltRow, stage?: LiftStage) {
  const wide = ['organisation', 'environment', 'team'].includes(halt.scope)
  const way =
    stage === undefined
      ? []
      : stage !== 'all'
        ? [`stage_${stage}`]
        : wide
          ? [halt.stage === null ? 'at_once' : 'stage_all']
          : []
  return {
    agent: halt.agent_id,
    owner: halt.owner_id,
    run: halt.scope === 'run' ? halt.target : null,
    labels: [halt.scope, ...way],
  }
}

/** How an entry names an agent that a stage lets go among others: `agent.` and its id without dashes. The offline verifier reads it. */
export function labelOfAgent(agentId: string): string {
  return `agent.${agentId.replaceAll('-', '')}`
}
