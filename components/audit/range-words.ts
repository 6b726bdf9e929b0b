import type { Range } from '@/lib/audit/term'
import { LASTS, type Span } from '@/lib/audit/view-range'
import { sameDay, sayClock, sayDay, sayMinute } from '../ui/time-words'

/** A range in words: `last 24 hours`, `14:00 to 15:30 on 20 Nov`, `19 Nov 14:00 to 20 Nov 14:00`. */
export function rangeWords(span: Span, range: Range, now: Date, zone: string): string {
  if ('last' in span) return LASTS[span.last].says
  const { from, to } = range
  const clock = (at: Date) => (at.getTime() % 60_000 === 0 ? sayMinute(at, zone) : sayClock(at, zone))
  if (sameDay(from, to, zone)) return `${clock(from)} to ${clock(to)} on ${sayDay(from, now, zone)}`
  return `${sayDay(from, now, zone)} ${clock(from)} to ${sayDay(to, now, zone)} ${clock(to)}`
}
