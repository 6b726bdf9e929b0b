import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { paced } from './live-pace'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const EVERY = 500

function screen({ takes = 0, watched = () => true }: { takes?: number; watched?: () => boolean } = {}) {
  const began: number[] = []
  const read = async () => {
    began.push(Date.now())
    await new Promise((resolve) => setTimeout(resolve, takes))
  }
  return { began, pace: paced(read, EVERY, watched, Date.now, () => 0.5) }
}

describe('a screen that hears of news', () => {
  it('reads at once, give or take a little that differs from screen to screen', async () => {
    const { began, pace } = screen()
    const heard = Date.now()
    pace.hear()
    await vi.advanceTimersByTimeAsync(EVERY)
    expect(began).toEqual([heard + 50])
  })

  it('makes ten thousand words one reading an interval', async () => {
    const { began, pace } = screen()
    for (let word = 0; word < 10_000; word++) {
      pace.hear()
      if (word % 10 === 0) await vi.advanceTimersByTimeAsync(1)
    }
    await vi.advanceTimersByTimeAsync(10_000)
    expect(began.length).toBeLessThanOrEqual(4)
    for (const [at, time] of began.entries())
      if (at > 0) expect(time - (began[at - 1] ?? 0)).toBeGreaterThanOrEqual(EVERY)
  })

  it('never drops the last word: one heard while it read is read again', async () => {
    const { began, pace } = screen({ takes: 200 })
    pace.hear()
    await vi.advanceTimersByTimeAsync(100)
    pace.hear()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(began).toHaveLength(2)
  })

  it('has one reading under way at most, and asks a slow server less often', async () => {
    const { began, pace } = screen({ takes: 2_000 })
    for (let second = 0; second < 32; second++) {
      pace.hear()
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(began.length).toBeLessThanOrEqual(5)
    expect(began.length).toBeGreaterThanOrEqual(3)
  })

  it('waits while nobody looks, and then reads once', async () => {
    let seen = false
    const { began, pace } = screen({ watched: () => seen })
    pace.hear()
    pace.hear()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(began).toEqual([])
    seen = true
    pace.look()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(began).toHaveLength(1)
  })

  it('goes on after a reading that failed', async () => {
    let reads = 0
    const pace = paced(
      () => {
        reads += 1
        throw new Error('away')
      },
      EVERY,
      () => true,
    )
    pace.hear()
    await vi.advanceTimersByTimeAsync(EVERY)
    pace.hear()
    await vi.advanceTimersByTimeAsync(2 * EVERY)
    expect(reads).toBe(2)
  })

  it('reads nothing once it is closed', async () => {
    const { began, pace } = screen()
    pace.hear()
    pace.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(began).toEqual([])
  })
})
