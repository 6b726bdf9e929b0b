import { epochOf, findOutdated, type Outdated } from '@/lib/decisions/store-waiting'
import type { Sql } from '@/lib/ledger/sql'

/**
 * Held actions that a job should supersede because their boundary or the baseline is no longer in force, or something stopped them after an approval, with which it is, at most
 * so many: each in a transaction of its own, by `supersede`. A signature moves the gate's epoch, so nothing is looked for until it has moved.
 * @param seen the epoch that was looked at whole; null at the start
 */
export async function outdatedActions(
  sql: Sql,
  seen: string | null,
  most = 200,
): Promise<{ found: readonly Outdated[]; seen: string | null }> {
  const epoch = await epochOf(sql)
  if (epoch === seen) return { found: [], seen }
  const found = await findOutdated(sql, most)
  return { found, seen: found.length < most ? epoch : seen }
}
