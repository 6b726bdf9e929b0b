import { query, type Sql } from '@/lib/ledger/sql'

/** The agents an export can be about, by slug; retired ones too, since their record stays. */
export async function agentsToExport(sql: Sql): Promise<string[]> {
  const rows = await query<{ slug: string }>(sql, 'SELECT slug FROM agent ORDER BY slug')
  return rows.map(({ slug }) => slug)
}
