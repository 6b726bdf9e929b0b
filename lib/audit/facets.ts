import { inView, type Searched, type View } from '@/lib/audit/search'
import { facetRows, findIds } from '@/lib/audit/store-search'
import type { Field } from '@/lib/audit/term'
import type { Actor } from '@/lib/people/actor'

/** The fields people narrow by most, in the order the rail shows them. */
export const FACETS = ['outcome', 'kind', 'agent', 'action', 'reason'] as const satisfies readonly Field[]
export type Facet = (typeof FACETS)[number]

export type Facets = {
  fields: Readonly<Record<Facet, readonly { value: string; count: number }[]>>
  /** entries that were counted: the newest of the view */
  counted: number
  /** they are all of them */
  exact: boolean
}

/** How many entries are counted at most, and how many values a field shows. */
const MOST = 5_000
const SHOWN = 8

/** What the newest entries of a view have in common, and how often. @throws Fault `too_slow` */
export function facets(actor: Actor, view: View): Promise<Searched<Facets>> {
  return inView(actor, view, async (sql, compiled, span) => {
    const ids = await findIds(sql, compiled, span, { limit: MOST + 1, oldestFirst: false })
    const rows = await facetRows(sql, ids.slice(0, MOST))
    const of = (field: Facet) =>
      rows
        .filter((row) => row.field === field)
        .slice(0, SHOWN)
        .map(({ value, n }) => ({ value, count: n }))
    return {
      fields: {
        outcome: of('outcome'),
        kind: of('kind'),
        agent: of('agent'),
        action: of('action'),
        reason: of('reason'),
      },
      counted: Math.min(ids.length, MOST),
      exact: ids.length <= MOST,
    }
  })
}
