import type { Db } from '@/lib/db/client'

/**
 * Tries are counted in the database, per key and fixed window, so that guessing is as slow against ten replicas as against
 * one. A window is named by its start; old ones are deleted by `forgetTries`.
 */
function windowStart(now: Date, seconds: number): Date {
  return new Date(Math.floor(now.getTime() / (seconds * 1000)) * seconds * 1000)
}

/**
 * Counts one try under a key and answers how many there have been in this window, this one included. It must run outside
 * of a transaction that may roll back: a refused try is a try.
 * @param seconds the length of the window; always the same for a key
 */
export async function countTry(db: Db, key: string, seconds: number, now: Date): Promise<number> {
  const start = windowStart(now, seconds)
  const [row] = await db.$queryRaw<{ count: number }[]>`
    INSERT INTO throttle AS t (key, window_start, count) VALUES (${key}, ${start}, 1)
    ON CONFLICT (key, window_start) DO UPDATE SET count = t.count + 1
    RETURNING count`
  return row?.count ?? 1
}

/** How many tries a key has had in this window, without counting one. */
export async function triesOf(db: Db, key: string, seconds: number, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count FROM throttle WHERE key = ${key} AND window_start = ${windowStart(now, seconds)}`
  return row?.count ?? 0
}

/** Seconds until the window a moment lies in is over: what `Retry-After` says. At least 1. */
export function windowRemainder(now: Date, seconds: number): number {
  return Math.max(1, Math.ceil((windowStart(now, seconds).getTime() + seconds * 1000 - now.getTime()) / 1000))
}

/** Deletes the windows that began before a moment; answers how many. */
export async function forgetTries(db: Db, before: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM throttle WHERE window_start < ${before}`
}
