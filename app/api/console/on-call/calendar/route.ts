import { handle } from '@/lib/http/handle'
import { calendarInput } from '@/lib/people/contract'
import { takeCalendar } from '@/lib/people/take-calendar'

/** Takes a calendar’s shifts in the place of those the one before made. */
export const POST = handle(
  { permission: 'on_call.assign', input: calendarInput },
  ({ db, actor, input, now }) => takeCalendar(db, actor, input.calendar, now),
  { then: (_, { page }) => page, say: ({ shifts }) => ({ text: `Taken: ${String(shifts)} shifts.` }) },
)
