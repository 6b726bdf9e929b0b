import { setTimeout as sleep } from 'node:timers/promises'

const MS = { minute: 60_000, hour: 3_600_000 }

/**
 * Waits over the turn of a minute or an hour that is near. What is limited or recorded by the minute, the hour or the day is counted in those
 * of the calendar: a test that counts begins where none of them ends while it counts. For tests.
 * @param seconds how near is near; what a test needs on a loaded machine
 */
export async function clearOfTheTurn(of: keyof typeof MS, seconds = 10): Promise<void> {
  const left = MS[of] - (Date.now() % MS[of])
  if (left < seconds * 1_000) await sleep(left + 50)
}
