import { drilledWords } from '@/components/halt/drill-words'
import { paths } from '@/lib/core/paths'
import { sayMs } from '@/lib/halt/drill'
import { drillCalendar } from '@/lib/halt/drill-calendar'
import { readDrillCalendar } from '@/lib/halt/read-drills'
import { handle } from '@/lib/http/handle'
import { sessionConfig } from '@/lib/people/session-config'

/** Drills of a year, where they are monthly. */
const MOST = 12

/** The coming drills as a file for a calendar program (RFC 5545), at their times on the organisation's clock. */
export const GET = handle({ permission: 'halt.read' }, async ({ db, now }) => {
  const { schedule, name, timeZone, next } = await readDrillCalendar(db, now, MOST)
  const page = new URL(paths.drills(), sessionConfig().publicUrl)
  const { scope, whenDue, targetMs } = schedule
  const coming = { at: next, of: drilledWords(scope, name), whenDue, target: sayMs(targetMs), timeZone, page }
  return new Response(drillCalendar(coming, now), {
    headers: {
      'cache-control': 'no-store',
      'content-type': 'text/calendar; charset=utf-8; method=PUBLISH',
      'content-disposition': 'attachment; filename="drills.ics"',
      'x-content-type-options': 'nosniff',
    },
  })
})
