import { describe, expect, test } from 'vitest'
import {
  ACTION_STATES,
  type ActionState,
  compareReasons,
  isFinal,
  mayBecome,
  reasonFor,
  REASONS,
  stricter,
  STATE_OF_DECISION,
} from './decision'

const STATES = Object.keys(ACTION_STATES) as ActionState[]

describe('the states of an action', () => {
  test('lead only to states there are', () => {
    for (const state of STATES) expect(STATES).toEqual(expect.arrayContaining([...ACTION_STATES[state]]))
  })

  test('all come from a proposal, and all end', () => {
    const reached = new Set<ActionState>(['proposed'])
    for (const state of reached) for (const next of ACTION_STATES[state]) reached.add(next)
    expect([...reached].toSorted()).toEqual(STATES.toSorted())
    expect(STATES.filter(isFinal)).toEqual([
      'forbidden',
      'rejected',
      'expired',
      'withdrawn',
      'superseded',
      'succeeded',
      'failed',
      'aborted',
      'unknown',
    ])
  })

  test('never lead back, nor from a refusal to a run', () => {
    for (const state of STATES) for (const next of ACTION_STATES[state]) expect(mayBecome(next, state)).toBe(false)
    for (const refused of ['forbidden', 'rejected', 'expired', 'withdrawn', 'superseded'] as const) {
      expect(mayBecome(refused, 'claimed')).toBe(false)
      expect(mayBecome(refused, 'succeeded')).toBe(false)
    }
    expect(mayBecome('held', 'claimed')).toBe(false)
  })

  test('begin with the decision', () => {
    for (const state of Object.values(STATE_OF_DECISION)) expect(mayBecome('proposed', state)).toBe(true)
  })
})

test('the reason codes are these and no others', () => {
  const of = (decision: string) =>
    Object.entries(REASONS)
      .filter(([, reason]) => reason.decision === decision)
      .map(([code]) => code)
  expect(of('allow')).toEqual(['autonomous', 'read_in_scope', 'write_in_scope', 'elevated', 'observed', 'approved'])
  expect(of('hold')).toEqual([
    'approval_required',
    'irreversible',
    'customer_facing',
    'external',
    'production',
    'spends_money',
    'unclassified_tool',
    'untrusted_content',
    'limit_reached',
  ])
  expect(of('forbid')).toEqual([
    'inbox_full',
    'not_asked',
    'never',
    'out_of_scope',
    'baseline',
    'no_signed_boundary',
    'boundary_expired',
    'review_overdue',
    'owner_missing',
    'agent_suspended',
    'halted',
    'sandbox_missing',
    'secret_in_arguments',
    'invalid_arguments',
    'evaluation_error',
  ])
})

test('reasons are told by step, then code, then rule', () => {
  const reasons = [
    reasonFor('never', 5, 'never[1]'),
    reasonFor('baseline', 6, null),
    reasonFor('never', 5, 'never[0]'),
    reasonFor('halted', 2, null),
    reasonFor('external', 5, 'a'),
  ]
  expect(reasons.toSorted(compareReasons).map(({ code, rule }) => `${code} ${rule ?? ''}`)).toEqual([
    'halted ',
    'external a',
    'never never[0]',
    'never never[1]',
    'baseline ',
  ])
})

test('the stricter decision wins', () => {
  expect(stricter('allow', 'hold')).toBe('hold')
  expect(stricter('forbid', 'hold')).toBe('forbid')
  expect(stricter('allow', 'allow')).toBe('allow')
})
