import { isScalar, parseDocument } from 'yaml'
import { type Boundary, DEFAULT_TERM_DAYS, LONGEST_TERM_DAYS } from './boundary'

const DAY_MS = 86_400_000

/**
 * The text of a boundary with a new term and nothing else changed, comments and order included: an `expires` and a `review_by` that
 * are days move to as many days from now as they lay from the signature; what counts from the signature stays as it is, and what the
 * text does not say is not added.
 * @param signedAt of the version that is renewed, ms since 1970
 */
export function renewedText(source: string, boundary: Boundary, signedAt: number, now: number): string {
  const document = parseDocument(source, { keepSourceTokens: true })
  const moves: { at: [number, number]; to: string }[] = []
  const move = (key: 'expires' | 'review_by', end: number | null) => {
    const node = end === null ? null : document.get(key, true)
    if (end === null || !isScalar(node) || !node.range) return
    const days = Math.round((end - signedAt) / DAY_MS)
    const term = Math.min(days >= 1 ? days : DEFAULT_TERM_DAYS, LONGEST_TERM_DAYS)
    moves.push({ at: [node.range[0], node.range[1]], to: new Date(now + term * DAY_MS).toISOString().slice(0, 10) })
  }
  move('expires', boundary.expires !== null && 'at' in boundary.expires ? boundary.expires.at - DAY_MS : null)
  move('review_by', boundary.review_by === null ? null : Date.parse(`${boundary.review_by}T00:00:00Z`))
  // from the end, so that what comes before keeps its place
  return moves
    .toSorted((a, b) => b.at[0] - a.at[0])
    .reduce((text, { at: [from, to], to: day }) => text.slice(0, from) + day + text.slice(to), source)
}
