'use client'

import { useNow } from './clock'
import { classNames } from './class-names'
import { sayClock, sayDay, sayFull, sayLeft, sayMinute, sayMoment, sayRelative } from './time-words'

export type TimeStyle =
  | /** `11 min ago`, `in 4 days` */ 'relative'
    /** What is left until a deadline: `11 min`; amber in its last half hour */
  | 'left'
  /** `14:02` today, else `4 Nov, 14:02` */
  | 'moment'
  /** `14:02:11` */
  | 'clock'
  /** `14:02` */
  | 'minute'
  /** `4 Nov` */
  | 'day'
  /** `4 Nov 2026, 14:02:11 UTC` */
  | 'full'

const SOON = 30 * 60_000

/** A moment. Whatever words are shown, the absolute UTC time is in the title and in `datetime`. */
export function Time({ at, show = 'moment' }: { at: string | number | Date; show?: TimeStyle }) {
  const now = useNow()
  const date = new Date(at)
  const soon = show === 'left' && now !== null && date.getTime() - now.getTime() < SOON
  return (
    <time dateTime={date.toISOString()} title={sayFull(date)} className={classNames('nw', soon && 'soon') || undefined}>
      {say(date, now, show)}
    </time>
  )
}

function say(at: Date, now: Date | null, show: TimeStyle): string {
  if (show === 'clock') return sayClock(at)
  if (show === 'minute') return sayMinute(at)
  if (show === 'full' || now === null) return sayFull(at)
  switch (show) {
    case 'relative':
      return sayRelative(at, now)
    case 'left':
      return sayLeft(at, now)
    case 'moment':
      return sayMoment(at, now)
    case 'day':
      return sayDay(at, now)
  }
}
