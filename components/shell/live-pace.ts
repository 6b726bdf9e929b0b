/** How often a screen reads again, in milliseconds: `least` apart, and `share` times as far apart as reading took. */
const SHARE = 4
const LONGEST_WAIT = 15_000
/** Screens that hear the same word at the same moment do not ask in the same moment. */
const JITTER = 0.2

export type Pace = {
  /** Something is new. */
  hear: () => void
  /** Whether anybody looks may have changed. */
  look: () => void
  stop: () => void
}

/**
 * One screen's readings of one thing. Whatever is heard while a reading is under way, within the interval after it began, or
 * while nobody looks at the tab, becomes one further reading: ten thousand events are one reading an interval. A server that takes
 * long to answer is asked less often. Nothing heard is dropped: the last reading always begins after the last word.
 * @param read resolves when the reading is over; that it failed is its own business
 * @param atMostEvery milliseconds from the beginning of one reading to the next
 * @param watched whether anybody looks
 * @param random 0 to 1
 */
export function paced(
  read: () => unknown,
  atMostEvery: number,
  watched: () => boolean,
  now: () => number = Date.now,
  random: () => number = Math.random,
): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined
  let next = 0
  let news = false
  let reading = false
  let stopped = false

  const soon = () => {
    if (stopped || reading || !news || timer !== undefined || !watched()) return
    timer = setTimeout(() => void begin(), Math.max(0, next - now()) + random() * JITTER * atMostEvery)
  }
  const begin = async () => {
    timer = undefined
    if (stopped || !watched()) return
    news = false
    reading = true
    const began = now()
    try {
      await read()
    } catch {
      // the next word asks again
    }
    reading = false
    next = began + Math.min(Math.max(atMostEvery, SHARE * (now() - began)), LONGEST_WAIT)
    soon()
  }
  return {
    hear: () => {
      news = true
      soon()
    },
    look: soon,
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
