import type { Sql } from '@/lib/ledger/sql'
import { insertAsked } from './store-asked'

/** Notes that an agent was asked about a resource, for searches; nothing where it is known, or enough of its type are. */
export function noteAsked(sql: Sql, agentId: string, type: string, name: string): Promise<void> {
  return insertAsked(sql, agentId, type, name)
}
