import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import { findRunnerByKey, listRunners, runnerLives, type RunnerRow } from './store-runners'

export type ListedRunner = Pick<RunnerRow, 'name' | 'thumbprint' | 'enrolledAt' | 'revokedAt'> & { id: string }

/** The runners of an agent, newest first, with their public ids. */
export async function runnersOf(sql: Sql, agentId: string): Promise<ListedRunner[]> {
  return (await listRunners(sql, agentId)).map(({ id, name, thumbprint, enrolledAt, revokedAt }) => ({
    id: publicId('runner', id),
    name,
    thumbprint,
    enrolledAt,
    revokedAt,
  }))
}

/** A runner of an agent by the thumbprint of its key, revoked or not. */
export function runnerByKey(sql: Sql, agentId: string, thumbprint: string): Promise<RunnerRow | null> {
  return findRunnerByKey(sql, agentId, thumbprint)
}

/** Whether a runner stands, asked of the database. */
export function runnerStands(sql: Sql, id: string): Promise<boolean> {
  return runnerLives(sql, id)
}
