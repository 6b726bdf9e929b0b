import { handle } from '@/lib/http/handle'
import { calendarInput } from '@/lib/people/contract'
import { previewCalendar } from '@/lib/people/take-calendar'

/** What a calendar would make, without making it. */
export const POST = handle({ permission: 'on_call.assign', input: calendarInput }, ({ db, input, now }) =>
  previewCalendar(db, input.calendar, now),
)
