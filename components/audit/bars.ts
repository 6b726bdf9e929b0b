import type { Outcome } from '@/lib/ledger/entry'
import { sayDay, sayMinute } from '../ui/time-words'

/** What the bars of the histogram are made of, bottom first: what must be seen stands on the line. `says` is the key, `words` a sentence’s. */
export const PARTS = [
  { part: 'f', says: 'forbidden, rejected', words: 'forbidden or rejected', outcomes: ['forbid', 'rejected'] },
  { part: 'h', says: 'asked of a person', words: 'asked of a person', outcomes: ['hold'] },
  {
    part: 'a',
    says: 'allowed, approved, succeeded',
    words: 'allowed, approved or succeeded',
    outcomes: ['allow', 'approved', 'succeeded'],
  },
  { part: 'n', says: 'everything else', words: 'of other kinds', outcomes: ['expired', 'failed', 'aborted', 'none'] },
] as const satisfies readonly { part: string; says: string; words: string; outcomes: readonly (Outcome | 'none')[] }[]
export type Part = (typeof PARTS)[number]['part']

export type Counts = Partial<Record<Outcome | 'none', number>>

/** One bar, `to` not included. Times are ISO 8601. */
export type Bar = { from: string; to: string; parts: Readonly<Record<Part, number>>; total: number }

/** The bars of a histogram's buckets: each ends where the next begins, the last where the range does. */
export function toBars(buckets: readonly { at: Date; counts: Counts }[], to: Date): Bar[] {
  return buckets.map(({ at, counts }, place) => {
    const parts = { f: 0, h: 0, a: 0, n: 0 }
    for (const { part, outcomes } of PARTS) for (const outcome of outcomes) parts[part] += counts[outcome] ?? 0
    const end = buckets[place + 1]?.at ?? to
    return { from: at.toISOString(), to: end.toISOString(), parts, total: parts.f + parts.h + parts.a + parts.n }
  })
}

/** `412 entries: 214 approved, 100 forbidden …`, the most frequent first; `about` where only a part was counted. */
export function totalWords(bars: readonly Bar[], exact: boolean): string {
  const total = bars.reduce((sum, bar) => sum + bar.total, 0)
  const of = PARTS.map(({ part, words }) => ({ words, count: bars.reduce((sum, bar) => sum + bar.parts[part], 0) }))
  const said = of
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count)
    .map(({ words, count }) => `${count.toLocaleString('en')} ${words}`)
  const entries = `${exact ? '' : 'about '}${total.toLocaleString('en')} ${total === 1 ? 'entry' : 'entries'}`
  return said.length === 0 ? entries : `${entries}: ${said.join('; ')}`
}

/** `14:00 to 14:30`, with the day where the bars are that wide or lie on several. */
export function barWords({ from, to }: Pick<Bar, 'from' | 'to'>, zone: string, now: Date): string {
  const [a, b] = [new Date(from), new Date(to)]
  const wide = b.getTime() - a.getTime() >= 86_400_000
  return wide
    ? `${sayDay(a, now, zone)} to ${sayDay(b, now, zone)}`
    : `${sayDay(a, now, zone)} ${sayMinute(a, zone)} to ${sayMinute(b, zone)}`
}
