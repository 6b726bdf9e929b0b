import type { LedgerEntry } from '@/lib/ledger/read'
import { itemOf, type Item } from './item'
import type { StreamContents } from './stream'

/** What is handed over and acknowledged together: the items, and the index after the last entry it gets past. */
export type Unit = { from: number; next: number; items: Item[]; entryAt: Date }

/** No more than this many bytes of entries in one delivery, so that receivers' limits on a body are far. */
const MOST_BYTES = 512 * 1024

/**
 * The first unit of some entries: as many as the destination takes at once, with those its filter leaves out in between. Nothing is
 * left out for any other reason: what cannot be read as an entry is sent as that. Null when there are no entries.
 * @param entries in the order of the log, without a gap
 */
export function firstUnit(
  entries: readonly LedgerEntry[],
  stream: { kinds: readonly string[] | null; contents: StreamContents },
  most: number,
): Unit | null {
  const [first] = entries
  if (first?.index == null) return null
  const unit: Unit = { from: first.index, next: first.index, items: [], entryAt: first.recordedAt }
  let bytes = 0
  for (const each of entries) {
    if (each.index !== unit.next) break
    const wanted = each.entry === null || stream.kinds === null || stream.kinds.includes(each.entry.kind)
    if (wanted) {
      bytes += each.bytes.length
      if (unit.items.length === most || (unit.items.length > 0 && bytes > MOST_BYTES)) break
      unit.items.push(itemOf(each, stream.contents))
    }
    unit.next = each.index + 1
    unit.entryAt = each.recordedAt
  }
  return unit
}
