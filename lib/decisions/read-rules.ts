import { ruleText } from '@/lib/boundary/rule-text'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { query, type Sql } from '@/lib/ledger/sql'
import type { HeldBy } from './request'

type DocumentRow = { version: number; source: string }

/**
 * What the documents an action was judged by say where its reasons name a rule. Of the baseline it is the version that was in
 * force then, which its approval names.
 * @param row an action that was held: bare ids
 */
export async function heldBy(
  sql: Sql,
  row: { agent_id: string; boundary_version: number | null; slug: string; opened_at: Date; rule: unknown },
  reasons: readonly { rule: string | null }[],
): Promise<HeldBy[]> {
  const rules = [...new Set(reasons.flatMap(({ rule }) => rule ?? []))].slice(0, 20)
  const [own, floor] = await Promise.all([
    rules.some((rule) => !isFloor(rule)) ? documentOf(sql, row) : null,
    rules.some(isFloor) ? baselineOf(sql, row) : null,
  ])
  return rules.flatMap((rule): HeldBy[] => {
    const document = isFloor(rule) ? floor : own
    if (document === null) return []
    const found = ruleText(document.source, rule.replace(FLOOR, ''))
    return [
      {
        rule,
        text: found?.text ?? null,
        line: found?.line ?? null,
        of: isFloor(rule) ? BASELINE_SLUG : row.slug,
        version: document.version,
      },
    ]
  })
}

const FLOOR = /^baseline\./
const isFloor = (rule: string): boolean => FLOOR.test(rule)

async function documentOf(
  sql: Sql,
  row: { agent_id: string; boundary_version: number | null },
): Promise<DocumentRow | null> {
  const [found] = await query<DocumentRow>(
    sql,
    `SELECT version, source FROM boundary_version WHERE agent_id = $1::uuid AND version = $2::integer`,
    [row.agent_id, row.boundary_version],
  )
  return found ?? null
}

/** The one its approval keeps the digest of; what was asked before approvals kept it, by when it was asked. */
async function baselineOf(sql: Sql, row: { opened_at: Date; rule: unknown }): Promise<DocumentRow | null> {
  const kept = (row.rule as { baseline?: unknown } | null)?.baseline
  const [found] = await query<DocumentRow>(
    sql,
    `SELECT version, source FROM boundary_version
      WHERE agent_id IS NULL AND signed_at IS NOT NULL
        AND CASE WHEN $2::text IS NULL THEN signed_at <= $1::timestamptz ELSE 'sha256:' || encode(digest, 'hex') = $2 END
      ORDER BY version DESC LIMIT 1`,
    [row.opened_at, typeof kept === 'string' ? kept : null],
  )
  return found ?? null
}
