import { query, type Sql } from './sql'

/**
 * Those of some entries whose payload and projection this person gets only after saying why (`lib/audit/say-purpose.ts`): which lie under a
 * mark, themselves or by the action they belong to, and no reading of this person is open for. A mark on a tool may hold `*`. Every entry
 * of an action is as sensitive as its decision. Whatever opens payloads for people asks this (ADR 0015).
 * @param entryIds bare UUIDs, at most some hundreds; ids of no entry are left out
 */
export async function purposeNeeded(
  sql: Sql,
  reader: { id: string },
  entryIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (entryIds.length === 0) return new Set()
  const rows = await query<{ id: string }>(
    sql,
    `SELECT e.id::text AS id
       FROM ledger.entry e
       LEFT JOIN ledger.projection j ON j.entry_id = coalesce(e.action_id, e.id)
      WHERE e.id = ANY (string_to_array($1, ',')::uuid[])
        AND EXISTS (SELECT FROM ledger.sensitive_mark m WHERE
              (m.kind = 'agent' AND m.value = e.agent_id::text)
           OR (m.kind = 'resource_type' AND m.value = j.resource_type)
           OR (m.kind = 'tool' AND j.tool LIKE replace(replace(replace(replace(m.value, '\\', '\\\\'), '%', '\\%'), '_', '\\_'), '*', '%')))
        AND NOT EXISTS (SELECT FROM ledger.reading r
              WHERE r.person_id = $2::uuid AND r.subject_id IN (e.id, e.action_id) AND r.until > clock_timestamp())`,
    [entryIds.join(','), reader.id],
  )
  return new Set(rows.map(({ id }) => id))
}
