import { fault } from '@/lib/core/fault'
import type { Sql } from '@/lib/ledger/sql'
import { foldName } from './resource'
import { resourceNamed, type ResourceRow } from './store'

/**
 * The protected resource an agent reports about, when it is the one whose reports count. Any other agent is told that there is no
 * such thing: what is protected is not for agents to find out.
 * @throws Fault `not_found`
 */
export async function reportedResource(sql: Sql, agentId: string, type: string, name: string): Promise<ResourceRow> {
  const resource = await resourceNamed(sql, type, foldName(name))
  if (resource === null || resource.unmarked_at !== null || resource.reporter_id !== agentId)
    throw fault('not_found', { detail: 'No protected resource of this name takes reports from this agent.' })
  return resource
}
