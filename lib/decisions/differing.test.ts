import { expect, test } from 'vitest'
import { differing } from './differing'

test('what differs is beside, what is the same is told once', () => {
  const found = differing([
    { host: 'a', tag: 'x', deep: { b: 1 } },
    { host: 'b', tag: 'x', deep: { b: 1 }, more: true },
  ])
  expect(found.names).toEqual(['host', 'more'])
  expect(found.same).toEqual([
    ['tag', 'x'],
    ['deep', '{"b":1}'],
  ])
  expect(found.values).toEqual([
    ['a', '—'],
    ['b', 'true'],
  ])
})

test('arguments that are no object differ as a whole', () => {
  expect(differing([[1], 'x'])).toEqual({ names: [''], same: [], values: [['[1]'], ['x']] })
  expect(differing([])).toEqual({ names: [], same: [], values: [] })
})
