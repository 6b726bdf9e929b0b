import type { Boundary, WatchRule } from '@/lib/boundary/boundary'
import { watchText, watchWords } from '@/lib/boundary/watch'
import { publicId } from '@/lib/core/ids'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { findTallies } from './store-watch'
import { countNow } from './watch'

/** One watch rule of an agent as its page shows it. Ids are public. */
export type WatchingRow = {
  rule: string
  says: string
  follows: WatchRule['then']
  /** how many count now; null where nothing is counted */
  now: number | null
  of: number | null
  /** the last time it came true, with its alert and, where it halted, its halt */
  last: { at: Date; alert: string; halt: string | null } | null
}

/** The watch rules of a boundary, with what is counted against each now and when it last came true. */
export async function watchingOf(
  sql: Sql,
  agentId: string,
  boundary: Pick<Boundary, 'watch'> | null,
  now: Date,
): Promise<WatchingRow[]> {
  const rules = boundary?.watch ?? []
  if (rules.length === 0) return []
  const [tallies, lasts] = await Promise.all([
    findTallies(sql, agentId),
    query<{ rule: string; at: Date; alert: string; halt: string | null }>(
      sql,
      `SELECT DISTINCT ON (rule) rule, fired_at AS at, alert_id::text AS alert, halt_id::text AS halt
         FROM watch_firing WHERE agent_id = $1::uuid ORDER BY rule, index DESC`,
      [agentId],
    ),
  ])
  return rules.map((rule) => {
    const text = watchText(rule)
    const last = lasts.find((one) => one.rule === text)
    return {
      rule: text,
      says: watchWords(rule),
      follows: rule.then,
      now: rule.count === undefined ? null : countNow(rule, tallies.get(text) ?? [], now.getTime()),
      of: rule.count ?? null,
      last: last
        ? {
            at: last.at,
            alert: publicId('alert', last.alert),
            halt: last.halt === null ? null : publicId('halt', last.halt),
          }
        : null,
    }
  })
}

/** What made a rule engage a halt. */
export type Firing = {
  /** `alr_…`: with the entries behind it */
  alert: string
  rule: string
  version: number
  slug: string
  /** ms from the last of its entries to the halt */
  tookMs: number
}

/** The firing behind a halt; null when a person engaged it. Uses `watch_firing_halt`. */
export async function firingOf(sql: Sql, haltId: string): Promise<Firing | null> {
  const row = await queryOne<Firing>(
    sql,
    `SELECT f.alert_id::text AS alert, f.rule, f.version, a.slug, (extract(epoch FROM h.engaged_at - f.at) * 1000)::float8 AS "tookMs"
       FROM watch_firing f JOIN agent a ON a.id = f.agent_id JOIN halt h ON h.id = f.halt_id WHERE f.id = $1::uuid AND f.halt_id = f.id`,
    [haltId],
  )
  return row && { ...row, alert: publicId('alert', row.alert) }
}
