import { agentParams } from '@/lib/agents/contract'
import { agentNamed } from '@/lib/agents/read'
import { hookTokenListOf } from '@/lib/agents/read-hook-tokens'
import { handle } from '@/lib/http/handle'

/** The hook tokens of an agent, without themselves, which nobody has. */
export const GET = handle({ permission: 'agent.read', params: agentParams }, async ({ db, params, now }) =>
  hookTokenListOf(db, (await agentNamed(db, params.slug)).id, now),
)
