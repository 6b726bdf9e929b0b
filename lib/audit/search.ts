import { bounded } from '@/lib/audit/bounded'
import { compile, type Compiled, type Condition } from '@/lib/audit/compile'
import { bucketEdges, spanOf, stepOf } from '@/lib/audit/buckets'
import { findMeanings, type UnknownName } from '@/lib/audit/meanings'
import { scopeOf, toRows } from '@/lib/audit/rows'
import { MOST_NEW, PAGE_ROWS, type AuditPage } from '@/lib/audit/row'
import { countBuckets, countIds, findIds, type Span } from '@/lib/audit/store-search'
import type { Scope } from '@/lib/audit/store-names'
import type { Range, Terms } from '@/lib/audit/term'
import { fault, type Fault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import type { Outcome } from '@/lib/ledger/entry'
import { entriesByIds, type LedgerEntry } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'

/** What is looked at: the bar's terms over a stretch of time. */
export type View = { terms: Terms; range: Range }

/** A view that can be answered, or the names in it that nobody has. */
export type Searched<T> = { ok: true; found: T } | { ok: false; unknown: readonly [UnknownName, ...UnknownName[]] }

/**
 * One page of a view, newest first, paged by id (which is by time): `before` and `after` are entries (`ent_…`).
 * @throws Fault `invalid_id`, `too_slow`
 */
export function searchEntries(
  actor: Actor,
  view: View,
  page: { before?: string; after?: string; limit?: number } = {},
): Promise<Searched<AuditPage>> {
  return inView(actor, view, async (sql, compiled, span) => {
    const limit = Math.min(Math.max(page.limit ?? PAGE_ROWS, 1), 200)
    const oldestFirst = page.before === undefined && page.after !== undefined
    const ids = await findIds(sql, compiled, within(span, page), { limit: limit + 1, oldestFirst })
    const more = ids.length > limit
    const entries = await entriesByIds(sql, ids.slice(0, limit))
    const edge = (entry: LedgerEntry | undefined) => (entry === undefined ? null : publicId('entry', entry.id))
    return {
      rows: await toRows(sql, actor, entries),
      older: oldestFirst || more ? edge(entries.at(-1)) : null,
      newer: oldestFirst ? (more ? edge(entries[0]) : null) : page.before === undefined ? null : edge(entries[0]),
    }
  })
}

/** How many entries a view would show above one (`ent_…`), counted to `MOST_NEW`. @throws Fault `invalid_id`, `too_slow` */
export function countNewer(
  actor: Actor,
  view: View,
  after: string,
): Promise<Searched<{ count: number; more: boolean }>> {
  return inView(actor, view, async (sql, compiled, span) => {
    const count = await countIds(sql, compiled, within(span, { after }), MOST_NEW + 1)
    return { count: Math.min(count, MOST_NEW), more: count > MOST_NEW }
  })
}

/** Entries over time. `exact: false`: a part was read, and the numbers are what it stands for. */
export type Histogram = {
  from: Date
  to: Date
  /** the width of a bucket, in milliseconds; the first and the last may be cut by the range */
  step: number
  buckets: readonly { at: Date; counts: Partial<Record<Outcome | 'none', number>> }[]
  exact: boolean
}

/** How many entries of each outcome a view has over its range, in at most `most` buckets of a round width. @throws Fault `too_slow` */
export function histogram(actor: Actor, view: View, most = 60): Promise<Searched<Histogram>> {
  return inView(actor, view, async (sql, compiled, span) => {
    const { from, to } = view.range
    const step = stepOf(to.getTime() - from.getTime(), most)
    const edges = bucketEdges(view.range, step)
    const { rows, share } = await countBuckets(
      sql,
      compiled,
      span,
      edges.map((at) => spanOf({ from: at, to }).low),
    )
    const buckets: { at: Date; counts: Partial<Record<Outcome | 'none', number>> }[] = edges.map((at) => ({
      at,
      counts: {},
    }))
    for (const { bucket, outcome, n } of rows) {
      const counts = buckets[bucket]?.counts
      if (counts) counts[outcome ?? 'none'] = n
    }
    return { from, to, step, buckets, exact: share === 1 }
  })
}

const EXPORT_PAGE = 500

/**
 * Every entry of a view, oldest first, in pages: what exports read. Each page is a statement of its own with its own time, so that no
 * export holds a transaction open; what is recorded meanwhile inside the range is part of it.
 * @throws Fault `not_found` naming the field nobody has, `too_slow`
 */
export async function* eachEntry(actor: Actor, view: View, pageRows = EXPORT_PAGE): AsyncGenerator<LedgerEntry[]> {
  let after: string | undefined
  for (;;) {
    const page = await inView(
      actor,
      view,
      async (sql, compiled, span) => {
        const ids = await findIds(sql, compiled, within(span, { after }), { limit: pageRows, oldestFirst: true })
        return (await entriesByIds(sql, ids)).reverse()
      },
      EXPORT_MS,
    )
    if (!page.ok) throw unknownFault(page.unknown)
    const last = page.found.at(-1)
    if (last === undefined) return
    yield page.found
    if (page.found.length < pageRows) return
    after = publicId('entry', last.id)
  }
}

const EXPORT_MS = 30_000

const unknownFault = ([{ field, value, says }]: readonly [UnknownName, ...UnknownName[]]): Fault =>
  fault('not_found', { field, detail: `${field}:${value} — ${says}` })

/** Compiles a view for who asks, and runs a read in a snapshot of bounded time. What somebody may not read about never enters a statement. */
export async function inView<T>(
  actor: Actor,
  view: View,
  read: (sql: Sql, compiled: Compiled, span: Span) => Promise<T>,
  ms?: number,
): Promise<Searched<T>> {
  return bounded(async (sql) => {
    const scope = scopeOf(actor)
    const { meanings, unknown } = await findMeanings(sql, scope, view.terms)
    const [first, ...rest] = unknown
    if (first !== undefined) return { ok: false as const, unknown: [first, ...rest] as const }
    const compiled = compile(view.terms, meanings)
    if (scope !== 'everything') compiled.entry.push(aboutOwnAgents(scope))
    return { ok: true as const, found: await read(sql, compiled, spanOf(view.range)) }
  }, ms)
}

const aboutOwnAgents =
  ({ ownerId }: Exclude<Scope, 'everything'>): Condition =>
  (given) =>
    `e.agent_id = ANY (ARRAY(SELECT a.id FROM agent a WHERE a.owner_id = ${given(ownerId)}::uuid))`

function within(span: Span, { before, after }: { before?: string | undefined; after?: string | undefined }): Span {
  if (before !== undefined) {
    const id = parsePublicId('entry', before, 'before')
    return { low: span.low, high: id < span.high ? id : span.high }
  }
  if (after === undefined) return span
  const id = parsePublicId('entry', after, 'after')
  return { low: id >= span.low ? next(id) : span.low, high: span.high }
}

/** The id after one: a span holds its low end. */
function next(id: string): string {
  const hex = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
