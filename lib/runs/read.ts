import type { Sql } from '@/lib/ledger/sql'
import { findRun, type RunRow } from './store'
import { findLeases, type Leases } from './store-leases'

export type RunFacts = RunRow

/** What decisions ask of a run; null when there is none. */
export function runFacts(sql: Sql, id: string): Promise<RunFacts | null> {
  return findRun(sql, id)
}

/** How long runs live without a word, in seconds: for every agent, and for one that has less. */
export function readLeases(sql: Sql, agentId: string | null = null): Promise<Leases> {
  return findLeases(sql, agentId)
}
