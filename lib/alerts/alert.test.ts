import { describe, expect, it } from 'vitest'
import {
  alertFor,
  alertSentence,
  loudest,
  louder,
  limitOfKey,
  REMIND_AT_MOST_EVERY_MS,
  REMIND_FIRST_MS,
  reminderDue,
  severityOf,
  streamOfKey,
  ALERT_KINDS,
  type AlertKind,
} from './alert'

const agentId = '01900000-0000-7000-8000-000000000001'
const about = { outcome: null, agentId: null, streamId: agentId }

describe('what raises an alert', () => {
  it.each([
    ['a forbidden proposal', { kind: 'action.decided', outcome: 'forbid', agentId }, 'forbidden'],
    [
      'rules that cannot be evaluated',
      { kind: 'action.decided', outcome: 'forbid', reason: 'evaluation_error', agentId },
      'unreadable',
    ],
    ['a proposal a person rejected', { kind: 'approval.rejected', outcome: 'rejected', agentId }, 'rejected'],
    [
      'an action let through that never said what came of it',
      { kind: 'action.expired', outcome: null, agentId, labels: ['no_outcome'] },
      'outcome_unknown',
    ],
    [
      'an approval over AuthZEN whose enforcement point never said what came of it, more quietly',
      { kind: 'action.expired', outcome: null, agentId, labels: ['not_told'] },
      'outcome_not_told',
    ],
    [
      'no grant that was never used',
      { kind: 'action.expired', outcome: 'expired', agentId, labels: ['grant_never_used'] },
      null,
    ],
    ['no allowed proposal', { kind: 'action.decided', outcome: 'allow', agentId }, null],
    ['no held proposal', { kind: 'action.decided', outcome: 'hold', agentId }, null],
    [
      'a limit that is used up',
      { kind: 'action.decided', outcome: 'hold', agentId, labels: ['reached_calls_per_day'] },
      'limit_reached',
    ],
    [
      'runs refused',
      { kind: 'run.refused', outcome: null, agentId, labels: ['reached_concurrent_runs'] },
      'limit_reached',
    ],
    ['no limit nobody knows', { kind: 'action.decided', outcome: 'hold', agentId, labels: ['reached_x'] }, null],
    ['no alert of its own', { kind: 'alert.raised', outcome: null, agentId }, null],
    ['a stream that does not deliver', { ...about, kind: 'stream.failed' }, 'stream_failing'],
    ['a stream that is behind', { ...about, kind: 'stream.lagged' }, 'stream_behind'],
    ['no stream that delivers again', { ...about, kind: 'stream.recovered' }, null],
    ['no stream that was paused', { ...about, kind: 'stream.paused' }, null],
    ['a tool that changed', { ...about, kind: 'tool.changed', toolId: agentId, labels: ['held'] }, 'tool_changed'],
    ['no first words about a tool', { ...about, kind: 'tool.changed', toolId: agentId, labels: [] }, null],
    ['nothing without an agent', { kind: 'action.decided', outcome: 'forbid', agentId: null }, null],
  ])('%s', (_, entry, kind) => {
    expect(alertFor(entry)?.kind ?? null).toBe(kind)
  })

  it('one agent’s repeats share a key, two agents’ never', () => {
    const one = alertFor({ kind: 'action.decided', outcome: 'forbid', agentId })
    const two = alertFor({ kind: 'action.decided', outcome: 'forbid', agentId: agentId.replace(/1$/, '2') })
    expect(one?.key).not.toBe(two?.key)
  })
})

describe('an alert about a limit', () => {
  it('is one for each limit, told by its key, and of several the longest', () => {
    const reached = (...labels: string[]) =>
      alertFor({ kind: 'action.decided', outcome: 'hold', agentId, labels: labels.map((limit) => `reached_${limit}`) })
    const day = reached('calls_per_minute', 'calls_per_day')
    expect(day).toMatchObject({ once: 'day' })
    expect(limitOfKey(day?.key ?? '')).toBe('calls_per_day')
    expect(day?.key).not.toBe(reached('calls_per_hour')?.key)
    expect(limitOfKey(`forbidden:${agentId}`)).toBeNull()
    expect(alertSentence('limit_reached', 'shopper', 'calls_per_day')).toContain('calls a day')
  })
})

describe('an alert about a stream', () => {
  it('names it by its key, and an alert about an agent names none', () => {
    const key = alertFor({ ...about, kind: 'stream.failed' })?.key ?? ''
    expect(streamOfKey(key)).toBe(agentId)
    expect(streamOfKey(`forbidden:${agentId}`)).toBeNull()
  })

  it('says in a sentence of its own what is wrong', () => {
    const sentences = (Object.keys(ALERT_KINDS) as AlertKind[]).map((kind) => alertSentence(kind, undefined))
    expect(new Set(sentences).size).toBe(sentences.length)
  })
})

describe('repeats escalate', () => {
  it.each([
    ['forbidden', 1, 'warning'],
    ['forbidden', 2, 'warning'],
    ['forbidden', 3, 'critical'],
    ['forbidden', 300, 'critical'],
    ['rejected', 1, 'notice'],
    ['rejected', 3, 'warning'],
    ['rejected', 5, 'warning'],
    ['rejected', 6, 'critical'],
  ] as const)('%s × %i is %s', (kind, count, severity) => {
    expect(severityOf(kind, count)).toBe(severity)
  })

  it('never falls as it repeats', () => {
    for (let count = 1; count < 64; count++) {
      for (const kind of ['forbidden', 'rejected'] as const) {
        expect(loudest(severityOf(kind, count + 1), severityOf(kind, count))).toBe(severityOf(kind, count + 1))
      }
    }
    expect(louder('critical')).toBe('critical')
  })
})

describe('silence escalates', () => {
  it('comes again after a quarter of an hour, not before', () => {
    expect(reminderDue(REMIND_FIRST_MS - 1, REMIND_FIRST_MS - 1)).toBe(false)
    expect(reminderDue(REMIND_FIRST_MS, REMIND_FIRST_MS)).toBe(true)
  })

  it('comes ever more rarely, but at least every four hours', () => {
    const day = 86_400_000
    expect(reminderDue(2 * REMIND_FIRST_MS, REMIND_FIRST_MS)).toBe(true)
    expect(reminderDue(4 * REMIND_FIRST_MS, REMIND_FIRST_MS)).toBe(false)
    expect(reminderDue(30 * day, REMIND_AT_MOST_EVERY_MS)).toBe(true)
    expect(reminderDue(30 * day, REMIND_AT_MOST_EVERY_MS - 1)).toBe(false)
  })
})
