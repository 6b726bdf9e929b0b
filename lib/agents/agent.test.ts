import { describe, expect, test } from 'vitest'
import {
  AGENT_MOVES,
  AGENT_STATES,
  canMove,
  containmentOf,
  dayIn,
  daysBetween,
  missingData,
  reviewDateProblem,
  reviewOverdue,
  slugProblem,
  type AgentMove,
} from './agent'

describe('the state table of an agent', () => {
  const allowed: Record<AgentMove, string[]> = {
    activate: ['registered'],
    suspend: ['active'],
    resume: ['suspended'],
    retire: ['registered', 'active', 'suspended'],
  }
  for (const move of Object.keys(AGENT_MOVES) as AgentMove[]) {
    for (const state of AGENT_STATES) {
      const may = allowed[move].includes(state)
      test(`${state} agents ${may ? 'may' : 'may not'} ${move}`, () => {
        expect(canMove(state, move)).toBe(may)
      })
    }
  }
  test('nothing follows retirement', () => {
    expect((Object.keys(AGENT_MOVES) as AgentMove[]).some((move) => canMove('retired', move))).toBe(false)
  })
})

describe('containment', () => {
  test('an owned agent whose review lies ahead is not contained', () => {
    expect(containmentOf({ ownerActive: true, reviewDate: '2026-11-21' }, '2026-11-20')).toEqual([])
  })
  test('a deactivated owner contains, and is told first', () => {
    expect(containmentOf({ ownerActive: false, reviewDate: '2026-01-01' }, '2026-11-20')).toEqual([
      'owner_missing',
      'review_overdue',
    ])
  })
  test('the review day itself is in time and the day after is not', () => {
    expect(reviewOverdue('2026-11-20', '2026-11-20')).toBe(false)
    expect(reviewOverdue('2026-11-20', '2026-11-21')).toBe(true)
  })
})

describe('calendar days', () => {
  const lateEvening = Date.UTC(2026, 10, 20, 23, 30)
  test('the day is the one of the time zone', () => {
    expect(dayIn('UTC', lateEvening)).toBe('2026-11-20')
    expect(dayIn('Asia/Tokyo', lateEvening)).toBe('2026-11-21')
    expect(dayIn('America/Los_Angeles', Date.UTC(2026, 10, 20, 3))).toBe('2026-11-19')
  })
  test('days are counted across months and a leap day', () => {
    expect(daysBetween('2026-11-20', '2026-12-01')).toBe(11)
    expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
    expect(daysBetween('2026-11-20', '2026-11-19')).toBe(-1)
  })
  test('a review lies between today and a year ahead', () => {
    expect(reviewDateProblem('2026-11-20', '2026-11-20')).toBeNull()
    expect(reviewDateProblem('2026-11-19', '2026-11-20')).toMatch(/passed/)
    expect(reviewDateProblem('2028-01-01', '2026-11-20')).toMatch(/once a year/)
    expect(reviewDateProblem('2026-02-31x', '2026-11-20')).toMatch(/year-month-day/)
  })
})

test('data handling is complete only when everything is said and somebody accepted it', () => {
  const whole = { provider: 'a', region: 'b', retention: 'c', agreement: 'd', acceptedBy: 'e' }
  expect(missingData(whole)).toEqual([])
  expect(missingData({ ...whole, region: '  ', acceptedBy: null })).toEqual(['region', 'acceptedBy'])
  expect(missingData({})).toHaveLength(5)
})

test('names of agents are URLs, and never a page of ours', () => {
  for (const good of ['soc-triage', 'a1', 'x'.repeat(63)]) expect(slugProblem(good)).toBeNull()
  for (const bad of ['', 'a', 'Soc', '1a', '-a', 'a_b', 'a b', 'ä', 'x'.repeat(64), 'new', 'baseline']) {
    expect(slugProblem(bad)).not.toBeNull()
  }
})
