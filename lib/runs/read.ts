import type { Sql } from '@/lib/ledger/sql'
import { findRun, type RunRow } from './store'

export type RunFacts = RunRow

/** What decisions ask of a run; null when there is none. */
export function runFacts(sql: Sql, id: string): Promise<RunFacts | null> {
  return findRun(sql, id)
}
