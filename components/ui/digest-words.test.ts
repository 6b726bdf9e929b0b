import { expect, it } from 'vitest'
import { digestWords } from './digest-words'

const hex = '7be104c9d2b1a0f3e5c4b6a7980716253443524f1e0d2c3b4a5968778695a27f'

it('shows a digest as the groups people compare', () => {
  expect(digestWords(`sha256:${hex}`).short).toBe('sha256:7be1 04c9 … a27f')
  expect(digestWords(`sha256:${hex}`).full.replaceAll(' ', '')).toBe(`sha256:${hex}`)
  expect(digestWords(hex).short).toBe('7be1 04c9 … a27f')
})

it('never shortens a text that is no digest into the likeness of one', () => {
  for (const text of ['', 'sha256:', 'sha256:XYZ', '7be1', `sha256:${hex} and more`])
    expect(digestWords(text).short).toBe(text)
})
