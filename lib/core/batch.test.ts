import { describe, expect, it } from 'vitest'
import { Batcher } from './batch'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('gathering requests into calls', () => {
  it('answers each with its own, in one call for those of one turn', async () => {
    const sizes: number[] = []
    const batcher = new Batcher<number, number>({
      call: async (items) => {
        sizes.push(items.length)
        return items.map((item) => item * 2)
      },
      leftNothing: () => true,
    })
    expect(await Promise.all([1, 2, 3].map((item) => batcher.submit(item)))).toEqual([2, 4, 6])
    expect(sizes).toEqual([3])
  })

  it('gathers what arrives while its lanes are busy, and never more than 64', async () => {
    const sizes: number[] = []
    const open: (() => void)[] = []
    const batcher = new Batcher<number, number>({
      call: async (items) => {
        sizes.push(items.length)
        await new Promise<void>((resolve) => open.push(resolve))
        return [...items]
      },
      leftNothing: () => true,
      lanes: 1,
    })
    const first = batcher.submit(0)
    await turn()
    const rest = Array.from({ length: 100 }, (_, i) => batcher.submit(i))
    await turn()
    expect(sizes).toEqual([1])
    for (const expected of [
      [1, 64],
      [1, 64, 36],
    ]) {
      open.shift()?.()
      await turn()
      await turn()
      expect(sizes).toEqual(expected)
    }
    open.shift()?.()
    await Promise.all([first, ...rest])
  })

  it('makes a call that failed for one item again item by item, where it left nothing behind', async () => {
    const calls: number[][] = []
    const batcher = new Batcher<number, number>({
      call: async (items) => {
        calls.push([...items])
        if (items.includes(2)) throw new Error('two')
        return [...items]
      },
      leftNothing: (error) => (error as Error).message === 'two',
    })
    const settled = await Promise.allSettled([1, 2, 3].map((item) => batcher.submit(item)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(calls).toEqual([[1, 2, 3], [1], [2], [3]])
  })

  it('refuses all of a call of which nobody knows what it left behind', async () => {
    let calls = 0
    const batcher = new Batcher<number, number>({
      call: async () => {
        calls += 1
        throw new Error('the connection was lost')
      },
      leftNothing: () => false,
    })
    const settled = await Promise.allSettled([1, 2].map((item) => batcher.submit(item)))
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
    expect(calls).toBe(1)
  })

  it('refuses everybody when a call answers for fewer than it was given', async () => {
    const batcher = new Batcher<number, number>({ call: async () => [1], leftNothing: () => false })
    const settled = await Promise.allSettled([1, 2].map((item) => batcher.submit(item)))
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
  })
})
