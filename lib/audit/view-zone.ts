/** Whether the runtime knows a time zone by this name (`Europe/Amsterdam`, `UTC`). */
export function isZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

/** A moment as the clock on a wall of a zone shows it: `2026-11-20T14:00:00`, the value of a `datetime-local` input. */
export function wallClock(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`
}

const WALL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,3})?)?$/u

/**
 * The moment when the clock on a wall of a zone shows this; null where it is no such text, or the clock skips it. Of an hour
 * that comes twice, the first.
 */
export function atWallClock(text: string, zone: string): Date | null {
  const match = WALL.exec(text)
  if (!match) return null
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  const wanted = wallClock(new Date(asUtc), 'UTC')
  if (wanted.slice(0, 16) !== text.slice(0, 16)) return null
  const offsets = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => offsetAt(near, zone))
  const moments = offsets.map((offset) => new Date(asUtc - offset)).filter((at) => wallClock(at, zone) === wanted)
  return moments.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null
}

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  return Date.parse(`${wallClock(new Date(at), zone)}Z`) - Math.floor(at / 1_000) * 1_000
}
