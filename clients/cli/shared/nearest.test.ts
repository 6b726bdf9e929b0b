import { describe, expect, it } from 'vitest'
import { distance, nearest } from './nearest'

describe('the nearest name', () => {
  it.each([
    ['halt', 'halt', 0],
    ['hlat', 'halt', 1],
    ['hal', 'halt', 1],
    ['hallt', 'halt', 1],
    ['holt', 'halt', 1],
    ['', 'halt', 4],
    ['halt', '', 4],
    ['ca', 'abc', 3],
  ])('%j is %j but for %i letters', (a, b, far) => {
    expect(distance(a, b)).toBe(far)
  })

  it.each([
    ['verfy', 'verify'],
    ['veri', 'verify'],
    ['VERIFY', null],
    ['v', null],
    ['simulator', 'simulate'],
    ['nothing', null],
  ])('of %j is %j', (word, name) => {
    expect(nearest(word, ['halt', 'verify', 'simulate', 'diff'])).toBe(name)
  })

  it('is none where two begin so and neither is near', () => {
    expect(nearest('man', ['managed-settings', 'managed-other'])).toBeNull()
  })
})
