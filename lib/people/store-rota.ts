import type { Db } from '@/lib/db/client'
import type { Rota } from './rota'

/** The rota as it is, with the days somebody else takes from a day on, and the organisation's time zone; null where there is none. */
export async function findRota(db: Db, now: Date): Promise<{ rota: Rota; timeZone: string; setBy: string } | null> {
  const [row] = await db.$queryRaw<(Omit<Rota, 'overrides'> & { timeZone: string; setBy: string })[]>`
    SELECT r.people::text[] AS people, r.starts_on::text AS "startsOn", r.handover, r.length, o.time_zone AS "timeZone", r.set_by::text AS "setBy"
    FROM on_call_rota r, organisation o`
  if (row === undefined) return null
  const days = await db.$queryRaw<{ day: string; person: string }[]>`
    SELECT day::text AS day, person_id::text AS person FROM on_call_override WHERE day >= ${now}::date - 2 ORDER BY day LIMIT 400`
  const { timeZone, setBy, ...rest } = row
  return { rota: { ...rest, overrides: new Map(days.map(({ day, person }) => [day, person])) }, timeZone, setBy }
}

/** Puts a rota in the place of the one before. */
export async function putRota(
  db: Db,
  { people, startsOn, handover, length }: Rota,
  by: string,
  now: Date,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO on_call_rota (id, people, starts_on, handover, length, set_by, set_at)
    VALUES (1, ${[...people]}::uuid[], ${startsOn}::date, ${handover}, ${length}, ${by}::uuid, ${now})
    ON CONFLICT (id) DO UPDATE SET people = EXCLUDED.people, starts_on = EXCLUDED.starts_on, handover = EXCLUDED.handover,
      length = EXCLUDED.length, set_by = EXCLUDED.set_by, set_at = EXCLUDED.set_at`
}

/** Gives a day to somebody; null gives it back to whose turn it is. */
export async function putOverride(db: Db, day: string, personId: string | null, by: string, now: Date): Promise<void> {
  if (personId === null) await db.$executeRaw`DELETE FROM on_call_override WHERE day = ${day}::date`
  else
    await db.$executeRaw`
      INSERT INTO on_call_override (day, person_id, set_by, set_at) VALUES (${day}::date, ${personId}::uuid, ${by}::uuid, ${now})
      ON CONFLICT (day) DO UPDATE SET person_id = EXCLUDED.person_id, set_by = EXCLUDED.set_by, set_at = EXCLUDED.set_at`
}

/** One line for whatever writes the rota out: two replicas do it one after the other. */
export async function lockRota(db: Db): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('on call rota', 0))`
}

/** Takes back what the rota wrote ahead, and ends what of it runs. */
export async function clearAhead(db: Db, now: Date): Promise<void> {
  await db.$executeRaw`DELETE FROM on_call_shift WHERE source = 'rota' AND starts_at > clock_timestamp() AND starts_at > ${now}`
  await db.$executeRaw`
    UPDATE on_call_shift SET ends_at = ${now} WHERE source = 'rota' AND starts_at < ${now} AND (ends_at IS NULL OR ends_at > ${now})`
}

/** Until when the rota is written out; null: not at all. */
export async function writtenUntil(db: Db): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ until: Date | null }[]>`
    SELECT max(ends_at) AS until FROM on_call_shift WHERE source = 'rota'`
  return row?.until ?? null
}

/** Of these people, those who may be on call: active, and neither administrators nor auditors. */
export async function mayHold(db: Db, people: readonly string[]): Promise<Set<string>> {
  const rows = await db.person.findMany({
    where: { id: { in: [...people] }, deactivatedAt: null, NOT: { roles: { hasSome: ['administrator', 'auditor'] } } },
    select: { id: true },
  })
  return new Set(rows.map(({ id }) => id))
}

/** Takes back what a calendar put ahead, and ends what of it runs. */
export async function clearCalendar(db: Db, now: Date): Promise<void> {
  await db.$executeRaw`DELETE FROM on_call_shift WHERE source = 'calendar' AND starts_at > clock_timestamp() AND starts_at > ${now}`
  await db.$executeRaw`
    UPDATE on_call_shift SET ends_at = ${now} WHERE source = 'calendar' AND starts_at < ${now} AND (ends_at IS NULL OR ends_at > ${now})`
}

/** Everybody who may be on call, by whom a calendar may name them, and the organisation's time zone. */
export async function calendarPeople(
  db: Db,
): Promise<{ people: { id: string; name: string; email: string }[]; timeZone: string }> {
  const [people, organisation] = await Promise.all([
    db.person.findMany({
      where: { deactivatedAt: null, NOT: { roles: { hasSome: ['administrator', 'auditor'] } } },
      select: { id: true, name: true, email: true },
    }),
    db.organisation.findFirst({ select: { timeZone: true } }),
  ])
  return { people, timeZone: organisation?.timeZone ?? 'UTC' }
}
