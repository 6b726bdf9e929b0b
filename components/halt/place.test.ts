import { expect, it } from 'vitest'
import { placeAfter, placeOf } from './place'

it('a page goes on after the place its address says, and begins with the first where that is no number', () => {
  expect(placeOf(placeAfter('/halt/hlt_1', 200).split('=')[1])).toBe(200)
  for (const odd of [undefined, '', '-1', '1e9', '1.5', '9999999', ['1', '2']]) expect(placeOf(odd)).toBe(0)
})
