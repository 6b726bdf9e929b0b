import type pg from 'pg'
import { findRun, type RunRow } from './store'

export type RunFacts = RunRow

/** What decisions ask of a run; null when there is none. */
export function runFacts(connections: pg.Pool, id: string): Promise<RunFacts | null> {
  return findRun(connections, id)
}
