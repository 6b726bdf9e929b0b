import { describe, expect, it } from 'vitest'
import { countChanges, lineDiff } from './line-diff'

const say = (before: string, after: string) =>
  lineDiff(before, after).map((line) => `${{ same: ' ', removed: '-', added: '+' }[line.kind]}${line.text}`)

describe('lineDiff', () => {
  it('keeps what is the same and puts a removal before what replaces it', () => {
    expect(say('agent: a\nlimit: 400\nnever: []\n', 'agent: a\nlimit: 250\nnever: []\n')).toEqual([
      ' agent: a',
      '-limit: 400',
      '+limit: 250',
      ' never: []',
    ])
  })

  it('finds one line moved in as one addition', () => {
    const diff = lineDiff('a\nb\nc', 'a\nx\nb\nc')
    expect(countChanges(diff)).toEqual({ added: 1, removed: 0 })
  })

  it('begins with a whole text and ends with none', () => {
    expect(say('', 'a\nb')).toEqual(['+a', '+b'])
    expect(say('a\nb', '')).toEqual(['-a', '-b'])
    expect(say('', '')).toEqual([])
  })

  it('takes a change of white space for a change', () => {
    expect(say('  a', ' a')).toEqual(['-  a', '+ a'])
  })

  it('rebuilds both texts from what it says', () => {
    const before = 'one\ntwo\nthree\nfour\nfive'
    const after = 'zero\ntwo\nthree and a half\nfour\nsix\nfive'
    const lines = lineDiff(before, after)
    expect(
      lines
        .filter((line) => line.kind !== 'added')
        .map((line) => line.text)
        .join('\n'),
    ).toBe(before)
    expect(
      lines
        .filter((line) => line.kind !== 'removed')
        .map((line) => line.text)
        .join('\n'),
    ).toBe(after)
  })
})
