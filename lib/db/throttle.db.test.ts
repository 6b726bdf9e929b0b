import { expect, test } from 'vitest'
import { testDatabase } from './testing'
import { countTry, forgetTries, triesOf, windowRemainder } from './throttle'

const { db } = await testDatabase()
const noon = new Date('2026-11-20T12:00:00Z')

test('tries are counted per key and window, also when they come at once', async () => {
  const counts = await Promise.all(Array.from({ length: 20 }, () => countTry(db, 'a', 60, noon)))
  expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  expect(await triesOf(db, 'a', 60, noon)).toBe(20)
  expect(await triesOf(db, 'b', 60, noon)).toBe(0)
})

test('the next window begins at zero', async () => {
  await countTry(db, 'c', 60, noon)
  expect(await triesOf(db, 'c', 60, new Date(noon.getTime() + 59_999))).toBe(1)
  expect(await triesOf(db, 'c', 60, new Date(noon.getTime() + 60_000))).toBe(0)
})

test('what remains of a window is told in whole seconds, never zero', () => {
  expect(windowRemainder(noon, 60)).toBe(60)
  expect(windowRemainder(new Date(noon.getTime() + 59_999), 60)).toBe(1)
})

test('old windows are forgotten, newer ones kept', async () => {
  await countTry(db, 'd', 60, new Date(noon.getTime() - 3_600_000))
  await countTry(db, 'd', 60, noon)
  expect(await forgetTries(db, noon)).toBeGreaterThanOrEqual(1)
  expect(await triesOf(db, 'd', 60, noon)).toBe(1)
})
