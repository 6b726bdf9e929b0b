import { dayIn } from '@/lib/agents/agent'
import { momentOf } from '@/lib/people/rota'
import type { DrillScope } from './drill'
import { CONFIRM_WITHIN_MS } from './halt'

/** When drills are due: a day and an hour on the organisation's clock, every so many months counted from January. */
export type DrillSchedule = {
  everyMonths: 1 | 2 | 3 | 6 | 12
  /** of the month, 1 to 28 */
  day: number
  /** 0 to 23 */
  hour: number
  scope: Exclude<DrillScope, 'agent'>
  /** as a halt's row has it: empty, an environment, or a team's id */
  target: string
  whenDue: 'remind' | 'rehearse'
  /** how fast the last agent should confirm, in milliseconds */
  targetMs: number
}

/** Until somebody says otherwise: everything, monthly, by hand (C33). */
export const DEFAULT_SCHEDULE: DrillSchedule = {
  everyMonths: 1,
  day: 1,
  hour: 10,
  scope: 'organisation',
  target: '',
  whenDue: 'remind',
  targetMs: CONFIRM_WITHIN_MS,
}

export const EVERY_MONTHS = [1, 2, 3, 6, 12] as const

const DAY_MS = 86_400_000
/** A drill so shortly before it was due counts for it. */
export const EARLY_MS = 10 * DAY_MS
/** So long after it was due a drill is overdue, and everybody sees it. */
export const GRACE_MS = DAY_MS

/** The first moments after `from` at which drills are due, in order. */
export function occurrences(schedule: DrillSchedule, timeZone: string, from: Date, most: number): Date[] {
  const found: Date[] = []
  const [year = 1970, month = 1] = dayIn(timeZone, from.getTime()).split('-').map(Number)
  for (let at = year * 12 + month - 1; found.length < most; at += 1) {
    if ((at % 12) % schedule.everyMonths !== 0) continue
    const day = [Math.floor(at / 12), pad((at % 12) + 1), pad(schedule.day)].join('-')
    const moment = momentOf(day, `${pad(schedule.hour)}:00`, timeZone)
    if (moment > from) found.push(moment)
  }
  return found
}

const pad = (n: number): string => String(n).padStart(2, '0')

/**
 * The moment from which the next drill is due: the first one after the last drill that counts, or after drills began to be owed.
 * @param last when the last drill began that covers the schedule's scope; null: none did
 * @param since since when there is somebody to drill, or since the schedule was set
 */
export function nextDue(schedule: DrillSchedule, timeZone: string, last: Date | null, since: Date): Date {
  const from = last === null ? since : new Date(last.getTime() + EARLY_MS)
  const [next] = occurrences(schedule, timeZone, from, 1)
  return next ?? from
}

/** Whether a drill of one scope is one of another: everything covers all of it. */
export function coversScope(
  drilled: { scope: string; target: string },
  owed: { scope: string; target: string },
): boolean {
  return drilled.scope === 'organisation' || (drilled.scope === owed.scope && drilled.target === owed.target)
}

export type Due = 'later' | 'due' | 'overdue'

/** How a due moment stands now. */
export function dueStanding(dueAt: Date, now: Date): Due {
  if (now < dueAt) return 'later'
  return now.getTime() < dueAt.getTime() + GRACE_MS ? 'due' : 'overdue'
}
