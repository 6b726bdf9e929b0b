/** A stretch during which somebody holds the kill switch; without an end it lasts until somebody ends it. */
export type Shift = { readonly personId: string; readonly startsAt: Date; readonly endsAt: Date | null }

/** Whether a shift covers a moment: from its start, up to but not including its end. */
export function covers(shift: Shift, now: Date): boolean {
  return shift.startsAt <= now && (shift.endsAt === null || shift.endsAt > now)
}

/** What is wrong with a shift somebody wants to make, as a sentence and its field; undefined when nothing is. */
export function shiftProblem(
  shift: Omit<Shift, 'personId'>,
  now: Date,
): { field: 'startsAt' | 'endsAt'; detail: string } | undefined {
  const year = 366 * 86_400_000
  if (shift.startsAt.getTime() > now.getTime() + year) return { field: 'startsAt', detail: 'Within a year from now.' }
  if (shift.endsAt === null) return undefined
  if (shift.endsAt <= shift.startsAt) return { field: 'endsAt', detail: 'It ends after it starts.' }
  if (shift.endsAt <= now) return { field: 'endsAt', detail: 'It is over before it is made.' }
  if (shift.endsAt.getTime() - shift.startsAt.getTime() > year) return { field: 'endsAt', detail: 'A year at most.' }
  return undefined
}

/** Who is on call now and who comes next, out of shifts in any order. Whoever began last is named first. */
export function onCallAt<S extends Shift>(shifts: readonly S[], now: Date): { now: S[]; next: S | undefined } {
  const byStart = shifts.toSorted((a, b) => b.startsAt.getTime() - a.startsAt.getTime())
  return { now: byStart.filter((shift) => covers(shift, now)), next: byStart.findLast((shift) => shift.startsAt > now) }
}
