import type { Shift } from './on-call'

/** People who are on call by turns, each for a day or a week, from a day on; they hand over at a time of the organisation's day. */
export type Rota = {
  /** in their order */
  people: readonly string[]
  /** the day on which the first of them begins, `2026-11-23` */
  startsOn: string
  /** `09:00` */
  handover: string
  length: 'day' | 'week'
  /** days, from their handover to the next, that somebody else takes */
  overrides?: ReadonlyMap<string, string>
}

const DAY_MS = 86_400_000
/** How far ahead the rota is written out as shifts. */
export const ROTA_AHEAD_DAYS = 42

/**
 * The shifts of a rota that touch a time, in order; those of one person that meet are one. Days begin at the handover on the clock
 * of the time zone, so that a day is 23 or 25 hours where the clock changes, and no moment is left out.
 */
export function rotaShifts(rota: Rota, timeZone: string, from: Date, until: Date): (Shift & { endsAt: Date })[] {
  const shifts: (Shift & { endsAt: Date })[] = []
  const first = Date.parse(`${rota.startsOn}T00:00:00Z`)
  // a day more at either end: its clock may be a day off that of UTC
  const begin = Math.max(first, Math.floor(from.getTime() / DAY_MS) * DAY_MS - 2 * DAY_MS)
  for (let day = begin; day <= until.getTime() + 2 * DAY_MS; day += DAY_MS) {
    const [name, next] = [day, day + DAY_MS].map((each) => new Date(each).toISOString().slice(0, 10))
    const [startsAt, endsAt] = [
      momentOf(name ?? '', rota.handover, timeZone),
      momentOf(next ?? '', rota.handover, timeZone),
    ]
    if (endsAt <= from || startsAt >= until) continue
    const days = Math.round((day - first) / DAY_MS)
    const turn = Math.floor(days / (rota.length === 'week' ? 7 : 1))
    const personId = rota.overrides?.get(name ?? '') ?? rota.people[turn % rota.people.length]
    if (personId === undefined) continue
    const last = shifts.at(-1)
    if (last?.personId === personId && last.endsAt.getTime() === startsAt.getTime())
      shifts[shifts.length - 1] = { ...last, endsAt }
    else shifts.push({ personId, startsAt, endsAt })
  }
  return shifts
}

/** A time on a day, on the clock of a time zone (IANA). Where the clock skips it, as much later; where it comes twice, the first. */
export function momentOf(day: string, time: string, timeZone: string): Date {
  const wall = Date.parse(`${day}T${time}:00Z`)
  const offset = (at: number) => wallOf(at, timeZone) - at
  const candidates = [wall - offset(wall - DAY_MS), wall - offset(wall + DAY_MS)]
  const exact = candidates.filter((at) => wallOf(at, timeZone) === wall)
  return new Date(exact.length > 0 ? Math.min(...exact) : Math.max(...candidates))
}

/** What the clock of a time zone shows at a moment, as if it were UTC. */
function wallOf(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at)
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '00'
  return Date.parse(`${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`)
}

/** The times between two moments that no shift covers, in order. */
export function gapsIn(
  shifts: readonly Omit<Shift, 'personId'>[],
  from: Date,
  until: Date,
): { from: Date; until: Date }[] {
  const gaps: { from: Date; until: Date }[] = []
  let at = from.getTime()
  for (const { startsAt, endsAt } of shifts.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime())) {
    if (startsAt.getTime() >= until.getTime()) break
    if (startsAt.getTime() > at) gaps.push({ from: new Date(at), until: startsAt })
    at = Math.max(at, endsAt?.getTime() ?? Infinity)
  }
  if (at < until.getTime()) gaps.push({ from: new Date(at), until })
  return gaps
}
