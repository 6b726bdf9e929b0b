import { pool } from '@/lib/db/pool'
import type { Sql } from '@/lib/ledger/sql'
import { countDecisions } from './store'

type Count = { hour: number; outcome: string; count: number }

const HOUR = 3_600_000
/** An entry's id may be some seconds off the clock of the database: an hour is over for good only a minute after its end. */
const SETTLED = 60_000

/** What was counted of hours that are over: the ledger only grows at its end, so these never change. By pool, for this process. */
const settled = new WeakMap<object, Map<number, readonly Count[]>>()

/**
 * The decisions of the last 24 hours by hour and outcome. An hour that is over is counted once; every page after that counts
 * the present one alone, however much was decided today.
 */
export async function decisionHours(sql: Sql, now: Date): Promise<readonly Count[]> {
  const known = settled.get(pool('app')) ?? new Map<number, readonly Count[]>()
  settled.set(pool('app'), known)
  const last = Math.floor(now.getTime() / HOUR)
  const first = last - 23
  let from = first
  while (from < last && known.has(from)) from += 1
  const counted = await countDecisions(sql, new Date(from * HOUR))
  const old = Array.from({ length: from - first }, (_, at) => known.get(first + at) ?? []).flat()
  for (const hour of known.keys()) if (hour < first) known.delete(hour)
  for (let hour = from; (hour + 1) * HOUR + SETTLED <= now.getTime(); hour += 1)
    known.set(
      hour,
      counted.filter((one) => one.hour === hour),
    )
  return [...old, ...counted]
}
