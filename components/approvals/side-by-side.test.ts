import { describe, expect, it } from 'vitest'
import { sideBySide, type Pair } from './side-by-side'

const line = (kind: 'same' | 'removed' | 'added' | 'note', text: string) => ({ kind, text, over: 0 })
const said = (pair: Pair) =>
  'across' in pair
    ? 'across'
    : [pair.left, pair.right].map((one) => (one && one.kind !== 'skipped' ? one.text : '')).join('|')

describe('sideBySide', () => {
  it('puts what replaces a line beside it, and what has no counterpart beside nothing', () => {
    const lines = [line('same', 'a'), line('removed', 'b'), line('removed', 'c'), line('added', 'B'), line('same', 'd')]
    expect(sideBySide(lines).map(said)).toEqual(['a|a', 'b|B', 'c|', 'd|d'])
  })

  it('begins another stretch where something is removed after something was added', () => {
    const lines = [line('added', 'x'), line('removed', 'y'), line('added', 'z')]
    expect(sideBySide(lines).map(said)).toEqual(['|x', 'y|z'])
  })

  it('puts headings and folded stretches across both sides', () => {
    expect(sideBySide([line('note', '@@ -1 +1 @@'), { kind: 'skipped', count: 3 }]).map(said)).toEqual([
      'across',
      'across',
    ])
  })
})
