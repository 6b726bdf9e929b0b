import type { Db } from '@/lib/db/client'
import type { LedgerEntry } from '@/lib/ledger/read'
import { seeTool } from '@/lib/tools/see'

/**
 * Registers as seen the tools that entries name and the catalogue lacks. An entry names only tools the catalogue knows; any other name is in
 * what is searched beside it.
 */
export async function seeTools(db: Db, entries: readonly LedgerEntry[]): Promise<void> {
  const unknown = entries.filter(({ entry }) => entry?.kind === 'action.decided' && !entry.tool && entry.agent)
  if (unknown.length === 0) return
  const named = await toolsNamed(
    db,
    unknown.map(({ id }) => id),
  )
  const done = new Set<string>()
  for (const { id, entry, recordedAt } of unknown) {
    const name = named.get(id)
    const agent = entry?.agent
    if (name === undefined || !agent || done.has(name)) continue
    done.add(name)
    await seeTool(db, agent, name, recordedAt)
  }
}

/** By the primary key of the projection. */
async function toolsNamed(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ id: string; tool: string }[]>`
    SELECT entry_id::text AS id, tool FROM ledger.projection WHERE entry_id = ANY (${[...ids]}::uuid[]) AND tool IS NOT NULL`
  return new Map(rows.map(({ id, tool }) => [id, tool]))
}
