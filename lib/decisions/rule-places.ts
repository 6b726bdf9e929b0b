import { ruleText } from '@/lib/boundary/rule-text'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { query, type Sql } from '@/lib/ledger/sql'
import type { HeldBy } from './request'

/** A rule as a reason names it, and the version of the agent's boundary it was judged by; null where there is none. */
export type NamedRule = { rule: string | null; slug: string; boundary: { id: string; version: number } | null }

const FLOOR = /^baseline\./

/**
 * Where the rules that answers name stand in the signed texts, in the order given; null for what is no line of one: a halt, an agent's state. Each text is
 * read once.
 * @param baseline the version in force, which names beginning in `baseline.` are of
 */
export async function rulePlaces(
  sql: Sql,
  rules: readonly NamedRule[],
  baseline: number | null,
): Promise<(HeldBy | null)[]> {
  const ids = [...new Set(rules.flatMap(({ boundary }) => boundary?.id ?? []))]
  const rows = await query<{ id: string; agent_id: string | null; source: string }>(
    sql,
    `SELECT id, agent_id, source FROM boundary_version WHERE id = ANY ($1::uuid[]) OR (agent_id IS NULL AND version = $2::integer)`,
    [`{${ids.join(',')}}`, baseline],
  )
  const sources = new Map(rows.map(({ id, agent_id, source }) => [agent_id === null ? BASELINE_SLUG : id, source]))
  const known = new Map<string, ReturnType<typeof ruleText>>()
  return rules.map(({ rule, slug, boundary }): HeldBy | null => {
    if (rule === null) return null
    const floor = FLOOR.test(rule)
    const key = floor ? BASELINE_SLUG : (boundary?.id ?? '')
    const version = floor ? baseline : (boundary?.version ?? null)
    const source = sources.get(key)
    if (source === undefined || version === null) return null
    const place = `${key} ${rule}`
    const found = known.has(place) ? (known.get(place) ?? null) : ruleText(source, rule.replace(FLOOR, ''))
    known.set(place, found)
    if (found === null) return null
    return { rule, text: found.text, line: found.line, of: floor ? BASELINE_SLUG : slug, version }
  })
}
