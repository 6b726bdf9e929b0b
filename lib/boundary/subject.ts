import type { AgentState } from '@/lib/agents/agent'
import type { Baseline, Boundary } from './boundary'

/** What the verbs of this room need of the agent a boundary is for. */
export type Governed = { id: string; slug: string; ownerId: string; state: AgentState }

/** What the organisation's baseline is called in URLs, where an agent's boundary has the agent's name. */
export const BASELINE_SLUG = 'baseline'

/** A document as an agent's boundary; null for the organisation's baseline. */
export function asBoundary(document: Boundary | Baseline): Boundary | null {
  return 'mcp_scopes' in document ? document : null
}
