import type { Db } from '@/lib/db/client'
import { listShifts, type ShiftRow } from './read-on-call'
import { gapsIn, type Rota } from './rota'
import { findRota } from './store-rota'

/** The rota as it is set; null where there is none. */
export async function readRota(db: Db, now: Date): Promise<{ rota: Rota; timeZone: string } | null> {
  return findRota(db, now)
}

/** The times between two moments in which nobody is on call; none where there is no rota to leave one. */
export async function readRotaGaps(db: Db, from: Date, until: Date): Promise<{ from: Date; until: Date }[]> {
  return (await findRota(db, from)) === null ? [] : gapsIn(await listShifts(db, from), from, until)
}

/** One day of the picture: who is on call at some time of it (UTC), and whether there is a time in which nobody is. */
export type RotaDay = { day: string; names: string[]; gap: boolean }

/** The days from one on, as a picture shows them. */
export function rotaDays(shifts: readonly ShiftRow[], from: Date, days: number): RotaDay[] {
  const first = Date.parse(`${from.toISOString().slice(0, 10)}T00:00:00Z`)
  return Array.from({ length: days }, (_, i) => {
    const [begins, ends] = [new Date(first + i * 86_400_000), new Date(first + (i + 1) * 86_400_000)]
    const then = shifts.filter(({ startsAt, endsAt }) => startsAt < ends && (endsAt === null || endsAt > begins))
    const since = begins < from ? from : begins
    return {
      day: begins.toISOString().slice(0, 10),
      names: [...new Set(then.map(({ name }) => name))],
      gap: gapsIn(then, since, ends).length > 0,
    }
  })
}
