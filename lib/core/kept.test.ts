import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Kept } from './kept'

const EVERY_MS = 150
const among = (name: string) => (names: ReadonlySet<string>) => (names.has(name) ? name : undefined)

/** Names that can be read, and how often they were. */
function names(...first: string[]) {
  const all = new Set(first)
  const state = { reads: 0, fails: false, all }
  const read = async () => {
    state.reads += 1
    const seen = new Set(all)
    await sleep(1)
    if (state.fails) throw new Error('nobody there')
    return seen
  }
  return { state, kept: new Kept(read, EVERY_MS) }
}

describe('what is kept', () => {
  it('is read once, however many ask for what is there', async () => {
    const { state, kept } = names('ada')
    await Promise.all(Array.from({ length: 500 }, () => kept.find(among('ada'))))
    expect(state.reads).toBe(1)
  })

  it('is read a time or two more, however many ask for what is not', async () => {
    const { state, kept } = names('ada')
    await kept.find(among('ada'))
    const found = await Promise.all(Array.from({ length: 5_000 }, (_, n) => kept.find(among(`nobody ${n}`))))
    expect(new Set(found)).toEqual(new Set([undefined]))
    expect(state.reads).toBeLessThanOrEqual(3)
  })

  it('misses nothing that was made before it was asked for', async () => {
    const { state, kept } = names('ada')
    await kept.find(among('ada'))
    state.all.add('new')
    expect(await kept.find(among('new'))).toBe('new')
    expect(state.reads).toBe(2)
  })

  it('once found is recalled without being read again', async () => {
    const { state, kept } = names('ada')
    expect(await kept.recall(among('ada'))).toBe('ada')
    state.fails = true
    await sleep(EVERY_MS + 10)
    expect(await kept.recall(among('ada'))).toBe('ada')
    expect(state.reads).toBe(1)
    await expect(kept.recall(among('new'))).rejects.toThrow('nobody there')
  })

  it('that cannot be read says so to everybody who asks meanwhile, and is read again in its time', async () => {
    const { state, kept } = names('ada')
    state.fails = true
    const asked = await Promise.allSettled(Array.from({ length: 500 }, () => kept.find(among('ada'))))
    expect(asked.every(({ status }) => status === 'rejected')).toBe(true)
    expect(state.reads).toBe(1)
    state.fails = false
    await expect.poll(() => kept.find(among('ada')).catch(() => undefined)).toBe('ada')
    expect(state.reads).toBe(2)
  })
})
