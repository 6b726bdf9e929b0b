import { describe, expect, it } from 'vitest'
import { completed, completing } from './term-complete'

/** `|` is the caret. */
const at = (typed: string) => completing(typed.replace('|', ''), typed.indexOf('|'))

describe('what is being typed', () => {
  it.each([
    ['|', { kind: 'field', prefix: '', at: 0, length: 0 }],
    ['ag|', { kind: 'field', prefix: 'ag', at: 0, length: 2 }],
    ['-e|', { kind: 'field', prefix: 'e', at: 1, length: 1 }],
    ['outcome:hold ag|nt', { kind: 'field', prefix: 'ag', at: 13, length: 4 }],
    ['agent:so|', { kind: 'value', field: 'agent', prefix: 'so', at: 6, length: 2, inGroup: false }],
    ['agent:(a OR b|', { kind: 'value', field: 'agent', prefix: 'b', at: 12, length: 1, inGroup: true }],
    ['by:"Noor H|', { kind: 'value', field: 'by', prefix: 'Noor H', at: 3, length: 7, inGroup: false }],
    ['"free te|', null],
    ['amount:>1|', null],
    ['fin-lt|', null],
  ])('%s', (typed, expected) => expect(at(typed)).toEqual(expected))

  it('puts a field with its colon, and a value with what it needs around it', () => {
    expect(completed('ag', { kind: 'field', prefix: 'ag', at: 0, length: 2 }, 'agent')).toEqual({
      text: 'agent:',
      caret: 6,
    })
    const place = completing('by:noo outcome:hold', 6)
    expect(place && completed('by:noo outcome:hold', place, 'Noor Halvorsen')).toEqual({
      text: 'by:"Noor Halvorsen" outcome:hold',
      caret: 19,
    })
  })
})
