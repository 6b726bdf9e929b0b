'use client'

import { useNow, useZone } from './clock'
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

/** A moment, in UTC or the zone its page shows. Whatever words are shown, the absolute time is in the title and in `datetime`. */
export function Time({ at, show = 'moment' }: { at: string | number | Date; show?: TimeStyle }) {
  const now = useNow()
  const zone = useZone()
  const date = new Date(at)
  const soon = show === 'left' && now !== null && date.getTime() - now.getTime() < SOON
  return (
    <time
      dateTime={date.toISOString()}
      title={sayFull(date, zone)}
      className={classNames('nw', soon && 'soon') || undefined}
    >
      {say(date, now, show, zone)}
    </time>
  )
}

function say(at: Date, now: Date | null, show: TimeStyle, zone: string): string {
  if (show === 'clock') return sayClock(at, zone)
  if (show === 'minute') return sayMinute(at, zone)
  if (show === 'full' || now === null) return sayFull(at, zone)
  switch (show) {
    case 'relative':
      return sayRelative(at, now)
    case 'left':
      return sayLeft(at, now)
    case 'moment':
      return sayMoment(at, now, zone)
    case 'day':
      return sayDay(at, now, zone)
  }
}
