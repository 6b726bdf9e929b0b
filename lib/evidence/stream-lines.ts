import { eachEntry, searchEntries } from '@/lib/audit/search'
import { fault } from '@/lib/core/fault'
import { db, transaction, type Db } from '@/lib/db/client'
import { entriesFrom, ledgerStatus, type LedgerEntry } from '@/lib/ledger/read'
import type { Actor } from '@/lib/people/actor'
import { beginExport, endExport, headOver, type Begun, type Ended } from './begin-export'
import type { ExportQuery, Format } from './export'
import { headOf, lineOf, type Naming } from './lines'
import { namesOf } from './store-export'
import { entriesTaken } from './taken'

/**
 * Every entry of a query that has its place before `end`, oldest first, a page at a time: what was read is not kept.
 * @throws Fault `too_slow`
 */
export async function* entriesOfQuery(by: Actor, query: ExportQuery, end: number): AsyncGenerator<LedgerEntry[]> {
  const { terms, from, to } = query
  for await (const page of eachEntry(by, { terms, range: { from, to } }))
    yield await entriesTaken(
      db(),
      by,
      page.filter(({ index }) => index !== null && index < end),
    )
}

/** Refuses before anything is recorded what could not be answered: a name that nobody has. @throws Fault `not_found`, `too_slow` */
export async function refuseUnanswerable(by: Actor, { terms, from, to }: ExportQuery): Promise<void> {
  const searched = await searchEntries(by, { terms, range: { from, to } }, { limit: 1 })
  if (searched.ok) return
  const [{ field, value, says }] = searched.unknown
  throw fault('not_found', { field, detail: `${field}:${value}: ${says}` })
}

/** The entries at some ascending places, read in runs. */
export async function entriesAtPlaces(sql: Db, places: readonly number[]): Promise<LedgerEntry[]> {
  const found: LedgerEntry[] = []
  const wanted = new Set(places)
  for (let at = 0; at < places.length;) {
    const first = places[at] ?? 0
    let until = at
    // A gap of a few places is read over rather than asked around.
    while ((places[until + 1] ?? Number.POSITIVE_INFINITY) - first < 1_000 && gap(places, until) < 16) until += 1
    const run = await entriesFrom(sql, first, (places[until] ?? first) - first + 1)
    found.push(...run.filter(({ index }) => index !== null && wanted.has(index)))
    at = until + 1
  }
  return found
}

const gap = (places: readonly number[], at: number): number =>
  (places[at + 1] ?? Number.POSITIVE_INFINITY) - (places[at] ?? 0)

/** The names entries need: their agents'. */
export async function namingOf(
  sql: Db,
  origin: string,
  entries: readonly LedgerEntry[],
  known: Naming | null,
): Promise<Naming> {
  const missing = entries.flatMap(({ entry }) => (entry?.agent && !known?.names.has(entry.agent) ? [entry.agent] : []))
  if (known && missing.length === 0) return known
  return { origin, names: new Map([...(known?.names ?? []), ...(await namesOf(sql, missing))]) }
}

/**
 * One export of lines (NDJSON, CSV or OCSF), as it is read: its beginning is recorded before this answers, its end when the last line
 * was taken, or when the reader went away. Nothing is read faster than it is taken.
 */
export async function exportLines(
  by: Actor,
  format: Exclude<Format, 'bundle'>,
  query: ExportQuery,
): Promise<AsyncGenerator<Buffer>> {
  const begun = await transaction((tx) => beginExport(tx, by, format, query, null, 0))
  return recorded(by, format, begun, linesOf(by, format, query, begun))
}

async function* linesOf(
  by: Actor,
  format: Exclude<Format, 'bundle'>,
  query: ExportQuery,
  begun: Begun,
): AsyncGenerator<{ bytes: Buffer; places: readonly number[] }> {
  const { size: signed, origin } = await ledgerStatus(db())
  // What was recorded before this export has its place before it. Where nothing is signed just now, what has a place is taken away
  // all the same: lines prove nothing, and somebody may need them most when the ledger is in trouble.
  const size = await headOver(db(), begun.entry).then(
    ({ index }) => index,
    () => signed,
  )
  yield { bytes: Buffer.from(headOf(format), 'utf8'), places: [] }
  let naming: Naming | null = null
  for await (const page of entriesOfQuery(by, query, size)) {
    const known: Naming = await namingOf(db(), origin ?? '', page, naming)
    naming = known
    const text = page.map((entry) => lineOf(format, entry, known)).join('')
    yield { bytes: Buffer.from(text, 'utf8'), places: page.flatMap(({ index }) => (index === null ? [] : [index])) }
  }
}

/** Passes an export on and records how it ended, whoever ended it. */
export async function* recorded(
  by: { id: string },
  format: Format,
  begun: Begun,
  chunks: AsyncGenerator<{ bytes: Buffer; places: readonly number[] }>,
): AsyncGenerator<Buffer> {
  const ended: Ended = { whole: false, entries: 0, bytes: 0, first: null, last: null }
  try {
    for await (const { bytes, places } of chunks) {
      if (bytes.length > 0) yield bytes
      ended.bytes += bytes.length
      ended.entries += places.length
      for (const place of places) {
        ended.first = Math.min(ended.first ?? place, place)
        ended.last = Math.max(ended.last ?? place, place)
      }
    }
    ended.whole = true
  } finally {
    await transaction((tx) => endExport(tx, by, format, begun, ended))
  }
}
