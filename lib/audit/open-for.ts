import { idTime } from '@/lib/core/ids'
import { parseEntry } from '@/lib/ledger/entry'
import { openPayload } from '@/lib/ledger/open'
import { payloadClass } from '@/lib/ledger/payload-class'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import { entriesByIds } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import type { Gone } from './gone'
import { namesOf } from './store'
import { goneRow } from './store-sensitive'

/** What one person gets of an entry's payload. `sensitive`: only after they say why (`sayPurpose`). */
export type OpenedFor =
  { state: 'open'; payload: unknown } | { state: 'none' } | { state: 'sensitive' } | { state: 'broken' } | Gone

/**
 * The payloads of some entries for one reader, by entry id. Every page and every export that opens payloads goes through here or asks
 * `purposeNeeded`. Whether the reader may see the entries at all is asked before.
 * @param entryIds at most some hundreds; ids of no entry are left out
 */
export async function openFor(
  sql: Sql,
  actor: Pick<Actor, 'id'>,
  entryIds: readonly string[],
): Promise<ReadonlyMap<string, OpenedFor>> {
  const withheld = await purposeNeeded(sql, actor, entryIds)
  const opened = new Map<string, OpenedFor>()
  for (const id of new Set(entryIds)) {
    const found = await openPayload(sql, id)
    if (!found) continue
    if (found.state === 'open')
      opened.set(id, withheld.has(id) ? { state: 'sensitive' } : { state: 'open', payload: found.payload })
    else if (found.state === 'erased') opened.set(id, await goneOf(sql, id))
    else opened.set(id, { state: found.state === 'none' ? 'none' : 'broken' })
  }
  return opened
}

/** What there is to say where it is gone; null where it is not. */
export function goneIn(opened: OpenedFor | undefined): Gone | null {
  return opened?.state === 'erased' || opened?.state === 'expired' || opened?.state === 'missing' ? opened : null
}

async function goneOf(sql: Sql, id: string): Promise<Gone> {
  const [found] = await entriesByIds(sql, [id])
  const entry = found && parseEntry(found.bytes)
  if (!entry) return { state: 'missing' }
  const row = await goneRow(sql, id, payloadClass(entry))
  if (row?.erasure && row.person && row.at) {
    const [names, said] = [await namesOf(sql, [row.person]), await openPayload(sql, row.erasure)]
    return {
      state: 'erased',
      at: row.at.toISOString(),
      by: names.get(row.person) ?? 'somebody no longer known',
      entry: row.erasure,
      reason: said?.state === 'open' ? reasonIn(said.payload) : null,
    }
  }
  if (row?.expired && idTime(id) < row.expired.getTime()) return { state: 'expired', until: row.expired.toISOString() }
  return { state: 'missing' }
}

function reasonIn(payload: unknown): string | null {
  return typeof payload === 'object' && payload !== null && 'reason' in payload && typeof payload.reason === 'string'
    ? payload.reason
    : null
}
