import { agentQuery, type AgentQuery } from '@/lib/agents/contract'
import { paths } from '@/lib/core/paths'

/** The registry as an address: what differs from the plain list, and nothing else. */
export function registryUrl(query: AgentQuery, over: Partial<AgentQuery> = {}): string {
  const plain = agentQuery.parse({})
  const wanted = { ...query, ...over }
  const said = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && value !== plain[name as keyof AgentQuery],
  )
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)]))
  return search.size > 0 ? `${paths.agents()}?${search.toString()}` : paths.agents()
}
