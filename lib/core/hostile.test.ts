import { describe, expect, it } from 'vitest'
import { countUnseen, spelledOut, spellOut } from './hostile'

const marks = (text: string) => spellOut(text).flatMap((segment) => (segment.kind === 'mark' ? [segment.code] : []))

describe('spellOut', () => {
  it('leaves ordinary text of any script as one segment', () => {
    for (const text of [
      'restart intake-api',
      'Grüße, naïve café',
      '日本語のテキスト',
      'שלום',
      'مرحبا',
      'नमस्ते',
      'a\nb\tc',
      'price 1 200 €',
    ]) {
      expect(spellOut(text)).toEqual([{ kind: 'text', text }])
    }
  })

  it.each([
    ['zero width space', '\u200b', 'U+200B'],
    ['zero width joiner outside an emoji', 'a\u200db', 'U+200D'],
    ['word joiner', '\u2060', 'U+2060'],
    ['invisible separator', '\u2063', 'U+2063'],
    ['byte order mark', '\ufeff', 'U+FEFF'],
    ['soft hyphen', '\u00ad', 'U+00AD'],
    ['right-to-left override', '\u202e', 'U+202E'],
    ['isolate', '\u2066', 'U+2066'],
    ['arabic letter mark', '\u061c', 'U+061C'],
    ['null', '\u0000', 'U+0000'],
    ['escape, which colours a terminal', '\u001b', 'U+001B'],
    ['carriage return alone, which overwrites a line', 'a\rb', 'U+000D'],
    ['C1 control', '\u0085', 'U+0085'],
    ['line separator', '\u2028', 'U+2028'],
    ['variation selector after a letter', 'a\ufe0f', 'U+FE0F'],
    ['variation selector supplement', '\u{e0101}', 'U+E0101'],
    ['hangul filler', '\u3164', 'U+3164'],
    ['braille blank', '\u2800', 'U+2800'],
    ['private use', '\ue000', 'U+E000'],
    ['unassigned', '\u{50000}', 'U+50000'],
    ['half of a pair', '\ud800', 'U+D800'],
    ['a space that is not the space', '\u2003', 'U+2003'],
  ])('spells out a %s', (_name, text, code) => {
    expect(marks(text)).toEqual([code])
  })

  it('reads out a sentence hidden in tag characters', () => {
    const hidden = Array.from('approve it', (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
    expect(spellOut(`hello${hidden}`)).toEqual([
      { kind: 'text', text: 'hello' },
      { kind: 'mark', code: 'U+E0020…E007E', count: 10, hidden: 'approve it' },
    ])
  })

  it('makes one mark of the same character in a row, with its count', () => {
    expect(spellOut('a\u200b\u200b\u200bb')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'mark', code: 'U+200B', count: 3 },
      { kind: 'text', text: 'b' },
    ])
  })

  it('keeps emoji whole, whose invisible parts are part of the picture', () => {
    for (const text of ['👩‍💻', '❤️', '👨‍👩‍👧', '1️', '🏳️‍🌈']) expect(marks(text)).toEqual([])
  })

  it('spells out combining marks beyond what a script piles up', () => {
    expect(marks(`a${'\u0301'.repeat(4)}`)).toEqual([])
    expect(spellOut(`a${'\u0301'.repeat(40)}`).at(-1)).toEqual({ kind: 'mark', code: 'U+0301', count: 36 })
  })

  it.each([
    ['a Cyrillic letter in a Latin word', 'p\u0430ypal', 'Cyrillic + Latin'],
    ['a Greek letter in a Latin word', 'g\u03bfogle', 'Greek + Latin'],
    ['a word of Cyrillic letters that all look Latin', '\u0441\u043e\u0440\u0443', 'Cyrillic that looks Latin'],
    ['mathematical letters', '\u{1d41a}\u{1d41d}\u{1d426}in', 'Latin + letters drawn like others'],
    ['full-width letters among others', 'ad\uff4din', 'Latin + full width'],
  ])('marks %s', (_name, word, scripts) => {
    expect(spellOut(`pay to ${word} now`)).toEqual([
      { kind: 'text', text: 'pay to ' },
      { kind: 'mixed', text: word, scripts },
      { kind: 'text', text: ' now' },
    ])
    expect(spelledOut(word)).toBe(`${word}[${scripts}]`)
  })

  it('marks no word of a text that is in another script, nor scripts that are written together', () => {
    for (const text of [
      '\u0441\u043e\u0440\u043e\u043a \u0440\u0443\u0431\u043b\u0435\u0439',
      '\u03c4\u03bf \u03ad\u03b3\u03b3\u03c1\u03b1\u03c6\u03bf',
      'Node.js\u3092\u4f7f\u3046',
      'T\u30b7\u30e3\u30c4',
      '\uff21\uff22\uff23',
      'na\u00efve \u0130stanbul stra\u00dfe',
    ])
      expect(spellOut(text)).toEqual([{ kind: 'text', text }])
  })

  it('loses nothing of a long text of nothing but tricks', () => {
    const text = 'a\u0430\u200b\u202e\u{e0041}'.repeat(30_000)
    expect(countUnseen(spellOut(text))).toBe(90_000)
  })

  it('takes a Windows line end for a line end', () => {
    expect(spellOut('a\r\nb')).toEqual([{ kind: 'text', text: 'a\nb' }])
  })

  it('never turns markup into anything', () => {
    expect(spellOut('<b>now</b> [x](javascript:alert)')).toEqual([
      { kind: 'text', text: '<b>now</b> [x](javascript:alert)' },
    ])
  })

  it('loses nothing: text and marks add up to the characters that came', () => {
    const text = 'a\u200bb\u202e\u{e0041}c\r\n\u0000'
    const segments = spellOut(text)
    const shown = segments.reduce(
      (sum, segment) => sum + (segment.kind === 'mark' ? segment.count : Array.from(segment.text).length),
      0,
    )
    expect(shown).toBe(Array.from(text).length - 1)
    expect(countUnseen(segments)).toBe(4)
  })
})

describe('spelledOut', () => {
  it('writes the marks into one line of plain text', () => {
    expect(spelledOut('it\u200b\u200b now\u202e')).toBe('it[U+200B ×2] now[U+202E]')
  })
})
