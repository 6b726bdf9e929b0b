import { isFault } from '@/lib/core/fault'
import type { Actor } from '@/lib/people/actor'
import { facets, type Facets } from './facets'
import type { UnknownName } from './meanings'
import type { AuditPage } from './row'
import { histogram, searchEntries, type Histogram, type Searched, type View } from './search'
import { BEGINNING } from './view-range'

/** What the audit page shows of a view. What took too long is null, and does not take the rest with it. */
export type Explored = {
  page: AuditPage | null
  /** names in the filter that nobody has; then nothing was looked for */
  unknown: readonly UnknownName[]
  bars: Histogram | null
  facets: Facets | null
  /** where the view is empty: when something was last recorded that its filter finds, in all the log */
  newest: string | null
  /** nothing has ever been recorded that this person may see */
  never: boolean
}

/** More bars than this are no longer told apart. */
const MOST_BARS = 61

/** Reads a view: a page of its entries, how they lie in time, and what they have in common. */
export async function readExplorer(
  actor: Actor,
  view: View,
  page: { before: string | null; after: string | null },
  now: Date,
): Promise<Explored> {
  const edge = {
    ...(page.before !== null && { before: page.before }),
    ...(page.after !== null && { after: page.after }),
  }
  const [rows, bars, common] = await Promise.all([
    unlessTooSlow(searchEntries(actor, view, edge)),
    unlessTooSlow(histogram(actor, view, MOST_BARS)),
    unlessTooSlow(facets(actor, view)),
  ])
  const empty = rows?.ok === true && rows.found.rows.length === 0 && page.before === null && page.after === null
  const newest = empty ? await newestOf(actor, { terms: view.terms, range: { from: BEGINNING, to: now } }) : null
  const never =
    empty && newest === null && (await newestOf(actor, { terms: [], range: { from: BEGINNING, to: now } })) === null
  return {
    page: foundIn(rows),
    unknown: rows?.ok === false ? rows.unknown : [],
    bars: foundIn(bars),
    facets: foundIn(common),
    newest,
    never,
  }
}

async function newestOf(actor: Actor, view: View): Promise<string | null> {
  const answer = await unlessTooSlow(searchEntries(actor, view, { limit: 1 }))
  return foundIn(answer)?.rows[0]?.at ?? null
}

const foundIn = <T>(answer: Searched<T> | null): T | null => (answer?.ok ? answer.found : null)

async function unlessTooSlow<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (isFault(error) && error.code === 'too_slow') return null
    throw error
  }
}
