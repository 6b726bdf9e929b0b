import { describe, expect, it } from 'vitest'
import { CONFIRM_WITHIN_MS, type Confirmation } from './halt'
import { mustStop, standBeyond, stopOfAgent, stopOfRun, STOP_STATES, type StopEvent, type StoppingRun } from './stops'

const HALTED = 1_000_000
const LATE = HALTED + CONFIRM_WITHIN_MS
const run = (more: Partial<StoppingRun> = {}): StoppingRun => ({
  openedAt: 0,
  stoppedAt: null,
  closedAt: null,
  leaseUntil: HALTED + 10_000,
  renews: true,
  ...more,
})

describe('the states of a stop', () => {
  it.each<[Confirmation, StopEvent, Confirmation]>([
    ['requested', 'word', 'confirmed'],
    ['requested', 'silence', 'unconfirmed'],
    ['unconfirmed', 'word', 'confirmed'],
    ['unconfirmed', 'silence', 'unconfirmed'],
    ['confirmed', 'word', 'confirmed'],
    ['confirmed', 'silence', 'confirmed'],
  ])('%s, then %s: %s', (before, event, after) => {
    expect(STOP_STATES[before][event]).toBe(after)
  })
})

describe('where a run stands', () => {
  it('is asked until it has been silent for too long', () => {
    expect(stopOfRun(run(), HALTED, LATE - 1)).toEqual({ state: 'requested', at: null })
    expect(stopOfRun(run(), HALTED, LATE)).toEqual({ state: 'unconfirmed', at: null })
  })

  it('is confirmed by its agent’s word or by its end, however late', () => {
    expect(stopOfRun(run({ stoppedAt: HALTED + 40 }), HALTED, LATE)).toEqual({ state: 'confirmed', at: HALTED + 40 })
    expect(stopOfRun(run({ closedAt: LATE + 5 }), HALTED, LATE + 9)).toEqual({ state: 'confirmed', at: LATE + 5 })
  })

  it('is not confirmed by the end of its lease: nobody said that it stopped', () => {
    expect(stopOfRun(run({ leaseUntil: HALTED + 1 }), HALTED, LATE).state).toBe('unconfirmed')
  })

  it('has as long as others when it was opened after the halt all the same', () => {
    expect(stopOfRun(run({ openedAt: HALTED + 500 }), HALTED, LATE + 499).state).toBe('requested')
    expect(stopOfRun(run({ openedAt: HALTED + 500 }), HALTED, LATE + 500).state).toBe('unconfirmed')
  })
})

describe('where an agent stands', () => {
  it('is confirmed by its own word where nothing ran', () => {
    expect(stopOfAgent({ acknowledgedAt: HALTED + 7, runs: [], unlisted: null }, HALTED, LATE)).toEqual({
      state: 'confirmed',
      at: HALTED + 7,
    })
  })

  it('is not confirmed by one process while another is silent', () => {
    const runs = [run({ stoppedAt: HALTED + 3 }), run()]
    expect(stopOfAgent({ acknowledgedAt: HALTED + 3, runs, unlisted: null }, HALTED, LATE - 1).state).toBe('requested')
    expect(stopOfAgent({ acknowledgedAt: HALTED + 3, runs, unlisted: null }, HALTED, LATE).state).toBe('unconfirmed')
  })

  it('is confirmed when the last of its runs is, and not before it spoke itself', () => {
    const runs = [run({ stoppedAt: HALTED + 3 }), run({ closedAt: HALTED + 90 })]
    expect(stopOfAgent({ acknowledgedAt: HALTED + 3, runs, unlisted: null }, HALTED, LATE)).toEqual({
      state: 'confirmed',
      at: HALTED + 90,
    })
    expect(stopOfAgent({ acknowledgedAt: null, runs, unlisted: null }, HALTED, LATE).state).toBe('unconfirmed')
  })
})

describe('runs that no list holds', () => {
  const agent = { acknowledgedAt: HALTED + 3, runs: [run({ stoppedAt: HALTED + 3 })] }
  const beyond = { silent: 0, answered: 0, silentSince: null, wordAt: null }

  it('are never taken for confirmed while one of them is silent', () => {
    const unlisted = { ...beyond, silent: 1, silentSince: HALTED }
    expect(stopOfAgent({ ...agent, unlisted }, HALTED, LATE - 1).state).toBe('requested')
    expect(stopOfAgent({ ...agent, unlisted }, HALTED, LATE)).toEqual({ state: 'unconfirmed', at: null })
  })

  it('are confirmed by the last word of theirs', () => {
    const unlisted = { ...beyond, answered: 2, wordAt: HALTED + 90 }
    expect(stopOfAgent({ ...agent, unlisted }, HALTED, LATE)).toEqual({ state: 'confirmed', at: HALTED + 90 })
  })
})

describe('agents on no page that is read', () => {
  it('turn from asked into no answer one by one, and those that answered stay so', () => {
    const waiting = [
      { since: HALTED, agents: 3 },
      { since: HALTED + 500, agents: 2 },
    ]
    const beyond = { confirmed: 7, unconfirmed: 1, waiting }
    expect(standBeyond(beyond, LATE - 1)).toEqual({ confirmed: 7, unconfirmed: 1, requested: 5 })
    expect(standBeyond(beyond, LATE)).toEqual({ confirmed: 7, unconfirmed: 4, requested: 2 })
    expect(standBeyond(beyond, LATE + 500)).toEqual({ confirmed: 7, unconfirmed: 6, requested: 0 })
  })
})

describe('which runs a halt has to stop', () => {
  const halt = (scope: string, target = '') => ({ scope, target, requestedAt: HALTED })
  const alive = { id: 'r1', closedAt: null, leaseUntil: HALTED + 1 }
  it.each([
    ['organisation', '', true],
    ['environment', 'production', true],
    ['team', 't1', true],
    ['agent', 'a1', true],
    ['run', 'r1', true],
    ['run', 'r2', false],
    ['tool', 'crm.refund', false],
    ['server', 'crm', false],
    ['galaxy', '', true],
  ])('%s %s: %s', (scope, target, stops) => {
    expect(mustStop(halt(scope, target), alive)).toBe(stops)
  })

  it('none that ended before, or whose lease was over', () => {
    expect(mustStop(halt('organisation'), { ...alive, closedAt: HALTED })).toBe(false)
    expect(mustStop(halt('organisation'), { ...alive, leaseUntil: HALTED })).toBe(false)
  })
})
