import type { Db } from '@/lib/db/client'
import type { Consumer } from '@/lib/ledger/tail'
import { seeTool } from '@/lib/tools/see'

/**
 * Reads which tools agents name that the catalogue lacks, and registers them as seen. Behind the decision and never in it: nothing an
 * agent proposes waits for this. An entry names only tools the catalogue knows; any other name is in what is searched beside it.
 */
export const seenConsumer: Consumer = {
  name: 'catalogue',
  from: 'now',
  handle: async (db, entries) => {
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
  },
}

/** By the primary key of the projection. */
async function toolsNamed(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ id: string; tool: string }[]>`
    SELECT entry_id::text AS id, tool FROM ledger.projection WHERE entry_id = ANY (${[...ids]}::uuid[]) AND tool IS NOT NULL`
  return new Map(rows.map(({ id, tool }) => [id, tool]))
}
