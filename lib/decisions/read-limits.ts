import type { Baseline, Boundary, Limits, Money } from '@/lib/boundary/boundary'
import { isNoMore, LIMIT_KINDS, type LimitName, LIMITS, limitWords } from '@/lib/boundary/limits'
import { query, type Sql } from '@/lib/ledger/sql'

/** One limit that binds an agent now: how far it goes, how much of it is used up, and whose it is. */
export type UsedLimit = {
  name: LimitName
  /** `calls an hour` */
  what: string
  limit: string
  /** in the words of the limit; null where nothing is counted beforehand (the length of a run) */
  used: string | null
  /** from 0 to 1; null where nothing is counted */
  share: number | null
  by: 'boundary' | 'baseline'
}

/** The limits of an agent with what it has used of each in the current minute, hour and day; the stricter of boundary and baseline. */
export async function limitsUsed(
  sql: Sql,
  agentId: string,
  documents: { boundary: Pick<Boundary, 'limits'> | null; baseline: Pick<Baseline, 'limits'> | null },
): Promise<UsedLimit[]> {
  const binding = LIMITS.flatMap((name) => strictest(name, documents.boundary?.limits, documents.baseline?.limits))
  if (binding.length === 0) return []
  const [counters, [runs]] = await Promise.all([
    query<{ window: string; used: number }>(
      sql,
      `SELECT k."window", k.used::float8 AS used FROM counter k, jsonb_each_text(limit_starts()) AS s
        WHERE k.agent_id = $1::uuid AND s.key = substring(k."window" from '[a-z]+$') AND k.starts_at = s.value::timestamptz`,
      [agentId],
    ),
    query<{ open: number }>(
      sql,
      'SELECT count(*)::int AS open FROM run WHERE agent_id = $1::uuid AND closed_at IS NULL AND lease_until > clock_timestamp()',
      [agentId],
    ),
  ])
  const used = new Map(counters.map((row) => [row.window, row.used]))
  return binding.map(({ name, limit, by }) => {
    const { measure, period, words: what } = LIMIT_KINDS[name]
    const of = { name, what, limit: limitWords(name, limit), by }
    if (measure === 'length') return { ...of, used: null, share: null }
    if (typeof limit !== 'number') {
      const amount = (used.get(`spend:${limit.currency}:${String(period)}`) ?? 0) / 10_000
      return { ...of, used: limitWords(name, { ...limit, amount }), share: amount / limit.amount }
    }
    const count =
      measure === 'runs'
        ? (runs?.open ?? 0)
        : (used.get(measure === 'calls' ? String(period) : `tokens:${String(period)}`) ?? 0)
    return { ...of, used: limitWords(name, count), share: count / limit }
  })
}

/**
 * What an agent has spent of money in the current periods, in ten-thousandths, by counter (`spend:EUR:day`): what a hold is looked at under,
 * which is counted under none.
 */
export async function spentNow(sql: Sql, agentId: string): Promise<Record<string, number>> {
  const rows = await query<{ window: string; used: number }>(
    sql,
    `SELECT k."window", k.used::float8 AS used FROM counter k, jsonb_each_text(limit_starts()) AS s
      WHERE k.agent_id = $1::uuid AND k."window" LIKE 'spend:%' AND s.key = substring(k."window" from '[a-z]+$') AND k.starts_at = s.value::timestamptz`,
    [agentId],
  )
  return Object.fromEntries(rows.map(({ window, used }) => [window, used]))
}

type Binding = { name: LimitName; limit: number | Money; by: UsedLimit['by'] }

function strictest(name: LimitName, boundary: Limits = {}, baseline: Limits = {}): Binding[] {
  const [own, floor] = [boundary[name], baseline[name]]
  const all: Binding[] = []
  if (own !== undefined) all.push({ name, limit: own, by: 'boundary' })
  if (floor !== undefined && !(own !== undefined && isNoMore(own, floor)))
    all.push({ name, limit: floor, by: 'baseline' })
  // of two in one currency the stricter binds; two currencies both do
  return all.length === 2 && all[1] && isNoMore(all[1].limit, all[0]?.limit ?? 0) ? [all[1]] : all
}
