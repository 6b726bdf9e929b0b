import type { Sql } from '@/lib/ledger/sql'
import { listAsked } from './store-asked'

/** The resources of a type that an agent was asked about, by name after a name. */
export function resourcesAsked(
  sql: Sql,
  agentId: string,
  type: string,
  after: string,
  most: number,
): Promise<string[]> {
  return listAsked(sql, agentId, type, after, most)
}
