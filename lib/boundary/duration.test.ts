import { expect, test } from 'vitest'
import { durationText, durationWords, parseDuration } from './duration'

test.each([
  ['30m', 1_800_000, '30m', '30 minutes'],
  ['60m', 3_600_000, '1h', '1 hour'],
  ['90m', 5_400_000, '90m', '90 minutes'],
  ['48h', 172_800_000, '2d', '2 days'],
])('%s is %i ms, and comes back in the largest unit that leaves nothing over', (text, ms, shortest, words) => {
  expect(parseDuration(text)).toBe(ms)
  expect(durationText(ms)).toBe(shortest)
  expect(durationWords(ms)).toBe(words)
})

test.each(['', '0m', '1.5h', '1 h', '-1h', '100000m', '4w', 'h', '1h30m'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeNull()
})
