import type { AgentState } from '@/lib/agents/agent'

/** What the verbs of this room need of the agent a boundary is for. */
export type Governed = { id: string; slug: string; ownerId: string; state: AgentState }

/** What the organisation's baseline is called in URLs, where an agent's boundary has the agent's name. */
export const BASELINE_SLUG = 'baseline'
