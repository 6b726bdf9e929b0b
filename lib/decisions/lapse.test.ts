import { expect, test } from 'vitest'
import type { Facts } from './facts'
import { judge, lapsed, READ } from './gate-testing'
import { NOW } from './testing'

const overdue = (facts: Facts): Partial<Facts> => ({ agent: { ...facts.agent, reviewDueAt: NOW } })
const orphaned = (facts: Facts): Partial<Facts> => ({ agent: { ...facts.agent, owned: false } })
const suspending =
  (change: (facts: Facts) => Partial<Facts>) =>
  (facts: Facts): Partial<Facts> => ({ ...change(facts), onLapse: 'suspend' })
const none = () => ({})

test.each([
  ['a lapsed boundary', lapsed, 'boundary_expired'],
  ['an overdue review', overdue, 'review_overdue'],
])('%s leaves its reads, unless the organisation suspends: then nothing', (_, change, code) => {
  expect(judge('crm.get_ticket', READ, change)).toMatchObject({ decision: 'allow', contained: true })
  expect(judge('crm.get_ticket', READ, suspending(change))).toMatchObject({ decision: 'forbid', reason: { code } })
})

test('to suspend what lapsed alters nothing before it lapses, nor for an agent whose owner is gone', () => {
  expect(judge('crm.get_ticket', READ, suspending(none))).toMatchObject({ decision: 'allow', contained: false })
  expect(judge('crm.get_ticket', READ, suspending(orphaned))).toMatchObject({ decision: 'allow', contained: true })
})
