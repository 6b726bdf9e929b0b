import { auditPath, EVERYTHING, readAddress, topOf, type Address } from './view-address'
import { parseTerms } from './term-parse'

/** A view of the audit under a name. `query` is the part of its address after the question mark. */
export type SavedView = {
  id: string
  name: string
  query: string
  shared: boolean
  mine: boolean
  /** whose it is, where it is somebody else's */
  by: string | null
}

/** The views everybody has (style guide D.2); addresses like any other. */
export const BUILT_IN: readonly { name: string; address: Address }[] = [
  { name: 'Denied', address: view('kind:action.decided outcome:forbid') },
  // where a person's answer, or the gate's second look, took the place of the first one
  { name: 'Overridden', address: view('kind:(approval.approved OR approval.rejected OR approval.superseded)', '30d') },
  { name: 'Boundary changes', address: view('kind:(boundary.* OR baseline.*)', '30d') },
  { name: 'Halts', address: view('kind:halt.*', '30d') },
]

function view(q: string, last: '24h' | '30d' = '24h'): Address {
  return { ...EVERYTHING, q, span: { last } }
}

/** At most so many of one's own: a list somebody still reads. */
export const MOST_VIEWS = 50

/** What a view keeps of an address: its filter, range and form, never the page or the entry that happened to be open. */
export function keptQuery(address: Address): string {
  return auditPath({ ...topOf(address), tz: null })
    .slice('/audit'.length)
    .replace(/^\?/u, '')
}

/** The address a kept view leads to; null where it cannot be read, which a newer version may bring about. */
export function addressOf(query: string): Address | null {
  const given = Object.fromEntries(new URLSearchParams(query))
  const { address, problems } = readAddress(given, 'UTC')
  return problems.length === 0 && parseTerms(address.q).ok ? topOf(address) : null
}
