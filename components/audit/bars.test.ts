import { expect, it } from 'vitest'
import { OUTCOMES } from '@/lib/ledger/entry'
import { barWords, PARTS, toBars, totalWords } from './bars'

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 20, 14, minutes))

it('every outcome is part of a bar, once', () => {
  expect(PARTS.flatMap(({ outcomes }) => outcomes).toSorted()).toEqual([...OUTCOMES, 'none'].toSorted())
})

it('bars end where the next begins, and lose nothing', () => {
  const counts = Object.fromEntries([...OUTCOMES, 'none'].map((outcome) => [outcome, 1]))
  const bars = toBars(
    [
      { at: at(0), counts },
      { at: at(30), counts: { forbid: 2 } },
    ],
    at(45),
  )
  expect(bars.map(({ from, to, total }) => [from.slice(11, 16), to.slice(11, 16), total])).toEqual([
    ['14:00', '14:30', OUTCOMES.length + 1],
    ['14:30', '14:45', 2],
  ])
})

it('the total is said with what it is made of, the most first, and as an estimate where it is one', () => {
  const bars = toBars([{ at: at(0), counts: { allow: 3, forbid: 1, rejected: 1 } }], at(30))
  expect(totalWords(bars, true)).toBe('5 entries: 3 allowed, approved or succeeded; 2 forbidden or rejected')
  expect(totalWords([], true)).toBe('0 entries')
  expect(totalWords(toBars([{ at: at(0), counts: { allow: 41_000 } }], at(30)), false)).toMatch(/^about 41,000 entries/)
})

it('a bar is named by its ends', () => {
  const now = at(50)
  expect(barWords({ from: at(0).toISOString(), to: at(30).toISOString() }, 'UTC', now)).toBe('20 Nov 14:00 to 14:30')
  expect(barWords({ from: at(0).toISOString(), to: at(3 * 1440).toISOString() }, 'UTC', now)).toBe('20 Nov to 23 Nov')
})
