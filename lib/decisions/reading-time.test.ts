import { describe, expect, it } from 'vitest'
import { CODE_WORDS_A_MINUTE, LEAST_READING_MS, PROSE_WORDS_A_MINUTE, readingMs } from './reading-time'

const words = (count: number, word = 'word') => Array.from({ length: count }, () => word).join(' ')

describe('the time it takes to read a request', () => {
  it('is a minute for as many words of prose as people read in one', () => {
    expect(readingMs({ prose: [words(PROSE_WORDS_A_MINUTE)], code: [] })).toBe(60_000)
  })

  it('is longer for the same words where they are code', () => {
    expect(readingMs({ prose: [], code: [words(CODE_WORDS_A_MINUTE)] })).toBe(60_000)
    expect(readingMs({ prose: [], code: [words(100)] })).toBe(2 * readingMs({ prose: [words(100)], code: [] }))
  })

  it('adds up over all that is shown', () => {
    expect(readingMs({ prose: [words(119), words(119)], code: [words(119)] })).toBe(120_000)
  })

  it('is never less than a person needs for anything at all', () => {
    expect(readingMs({ prose: [], code: [] })).toBe(LEAST_READING_MS)
    expect(readingMs({ prose: ['Isolate host fin-lt-0442'], code: [] })).toBe(LEAST_READING_MS)
  })

  it('counts what nobody sees without a click for nothing', () => {
    const line = words(1_000_000, 'x')
    expect(readingMs({ prose: [], code: [line] })).toBe(readingMs({ prose: [], code: [line.slice(0, 4_000)] }))
  })

  it('reads words, not the signs between them, in any script', () => {
    expect(readingMs({ prose: ['— … !! ???'.repeat(200)], code: [] })).toBe(LEAST_READING_MS)
    const greek = words(238, 'λόγος')
    expect(readingMs({ prose: [greek], code: [] })).toBe(60_000)
  })
})
