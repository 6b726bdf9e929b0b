import { describe, expect, it, vi } from 'vitest'
import { repeat } from './repeated'

const refuse = (error: unknown): never => expect.unreachable(String(error))

describe('repeat', () => {
  it('goes on after a round that failed, having reported it', async () => {
    const stopping = new AbortController()
    const onError = vi.fn()
    let rounds = 0
    const round = () => {
      rounds += 1
      if (rounds === 2) stopping.abort()
      return rounds === 1 ? Promise.reject(new Error('the database is away')) : Promise.resolve()
    }
    await repeat(round, 1, stopping.signal, onError)
    expect(rounds).toBe(2)
    expect(onError).toHaveBeenCalledExactlyOnceWith(new Error('the database is away'))
  })

  it('begins the next round at once where more waits, and pauses where nothing does', async () => {
    const stopping = new AbortController()
    const answers = ['again', 'again', undefined, 'never reached'] as const
    let rounds = 0
    const repeating = repeat(
      () => Promise.resolve(answers[rounds++] === 'again' ? 'again' : undefined),
      3_600_000,
      stopping.signal,
      refuse,
    )
    await expect.poll(() => rounds).toBe(3)
    stopping.abort()
    await repeating
    expect(rounds).toBe(3)
  })

  it('ends only when the round under way has', async () => {
    const stopping = new AbortController()
    let end = (): void => expect.unreachable('the round has not begun')
    const seen: string[] = []
    const repeating = repeat(
      async () => {
        await new Promise<void>((resolve) => (end = resolve))
        seen.push('round')
      },
      1,
      stopping.signal,
      refuse,
    ).then(() => seen.push('stopped'))
    stopping.abort()
    end()
    await repeating
    expect(seen).toEqual(['round', 'stopped'])
  })
})
