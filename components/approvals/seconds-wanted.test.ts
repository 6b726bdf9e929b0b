import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import type { SecondWanted } from '@/lib/halt/read-waiting'
import { SecondsWanted } from './seconds-wanted'

const drill: SecondWanted = {
  ...{ asker: 'Dana', reason: '<b>Monthly</b>', expiresAt: new Date('2026-11-20T10:00:00Z'), mine: true },
  drill: { id: 'drl_1', scope: 'team', name: 'Payments' },
}
const drawn = (one: SecondWanted) => renderToStaticMarkup(createElement(SecondsWanted, { wanted: [one] }))

it('a planned live drill is found among what waits, with who planned it, why, and the way to where it is answered', () => {
  const html = drawn(drill)
  expect(html).toContain('plans a live drill of')
  expect(html).toContain('the team Payments')
  expect(html).toContain('href="/halt/drills/drl_1"')
  expect(html).toContain('Agree or refuse')
  expect(html).not.toContain('<b>Monthly')
})

it('whoever may not be the second is not told to answer', () => {
  expect(drawn({ ...drill, mine: false })).not.toContain('Agree or refuse')
})
