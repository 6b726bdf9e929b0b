import type { Entry } from '@/lib/ledger/entry'
import type { LedgerEntry } from '@/lib/ledger/read'
import type { StreamContents } from './stream'

/** What of the searchable projection may be sent: never the sentence, which can hold what an agent said. Hostile text. */
export type SentProjection = {
  tool: string | null
  resource_type: string | null
  resource_id: string | null
  requester: string | null
  requester_proof: 'verified' | 'asserted' | null
}

/** One thing to send: an entry of the log in its place, or a test event, which has none. */
export type Item = {
  /** of the entry, or of the test event */
  id: string
  at: Date
  /** null for a test event */
  index: number | null
  /** null for a test event, and where the stored bytes are no entry any more: verification will say so, and the receiver hears of it */
  entry: Entry | null
  /** the RFC 6962 leaf hash: what an inclusion proof of this entry begins with */
  leaf: Buffer | null
  projection: SentProjection | null
}

/** What a stream sends of an entry. The payload never: it stays encrypted where it is. */
export function itemOf(found: LedgerEntry, contents: StreamContents): Item {
  const { id, index, entry, leaf, recordedAt, projection } = found
  return {
    id,
    index,
    entry,
    leaf: Buffer.from(leaf),
    at: entry === null ? recordedAt : new Date(entry.time),
    projection: contents === 'projection' && projection !== null ? sent(projection) : null,
  }
}

/** An event that only says that the stream reaches its receiver. */
export function testItem(id: string, at: Date): Item {
  return { id, at, index: null, entry: null, leaf: null, projection: null }
}

/** What an item is called: the kind of its entry, or one of two that no entry has. */
export function kindOf(item: Item): string {
  if (item.entry !== null) return item.entry.kind
  return item.index === null ? 'stream.test' : 'ledger.unreadable'
}

function sent(projection: NonNullable<LedgerEntry['projection']>): SentProjection {
  const { tool, resource_type, resource_id, requester, requester_proof } = projection
  return { tool, resource_type, resource_id, requester, requester_proof }
}
