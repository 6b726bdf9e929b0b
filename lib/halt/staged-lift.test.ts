import { describe, expect, it } from 'vitest'
import { HALT_SCOPES } from './halt'
import {
  GLASS_MS,
  LIFT_STEPS,
  liftableFrom,
  liftSteps,
  nameToType,
  SILENT_STAGE_MS,
  stageRefusal,
  type LiftState,
} from './staged-lift'

const at = new Date(1_000_000)
const later = (ms: number) => new Date(at.getTime() + ms)

describe('the steps of a lift', () => {
  it('let go one agent, then a team, then all; each of them can be taken back until then', () => {
    const walked: string[] = []
    let state: LiftState = 'whole'
    while (state !== 'lifted') {
      const [next] = liftSteps('organisation', state)
      walked.push(String(next))
      if (state !== 'whole') expect(liftSteps('organisation', state)).toContain('stop')
      state = next === 'all' ? 'lifted' : (next as LiftState)
    }
    expect(walked).toEqual(['agent', 'team', 'all'])
  })

  it('never skip one once they have begun', () => {
    expect(liftSteps('organisation', 'agent')).not.toContain('all')
    expect(liftSteps('environment', 'agent')).not.toContain('all')
    expect(liftSteps('team', 'agent')).toEqual(['all', 'stop'])
  })

  it.each(HALT_SCOPES)('of %s end, and nothing follows a lift', (scope) => {
    expect(liftSteps(scope, 'whole').length).toBeGreaterThan(0)
    expect(liftSteps(scope, 'lifted')).toEqual([])
  })

  it.each(['agent', 'run', 'server', 'tool', 'galaxy'])('of %s are one', (scope) => {
    expect(liftSteps(scope, 'whole')).toEqual(['all'])
    expect(liftSteps(scope, 'agent')).toEqual([])
  })

  it('stop only what was let go', () => {
    for (const steps of Object.values(LIFT_STEPS)) {
      expect(steps.whole).not.toContain('stop')
      expect(steps.lifted).not.toContain('stop')
    }
  })
})

describe('what a stage showed', () => {
  it('is one decision, or a quarter of an hour of silence', () => {
    expect(stageRefusal({ decisions: 0, openAlerts: 0 }, at, later(SILENT_STAGE_MS - 1))).toBe('nothing_shown')
    expect(stageRefusal({ decisions: 0, openAlerts: 0 }, at, later(SILENT_STAGE_MS))).toBeNull()
    expect(stageRefusal({ decisions: 1, openAlerts: 0 }, at, at)).toBeNull()
  })

  it('does not count while alerts of its agents are open, however long it stands', () => {
    expect(stageRefusal({ decisions: 9, openAlerts: 1 }, at, later(SILENT_STAGE_MS * 9))).toBe('alerts_open')
  })
})

describe('a halt from the database', () => {
  const halt = { fromDatabase: true, recorded: true, engagedAt: at }
  it('is recorded first, and stands for a quarter of an hour', () => {
    expect(liftableFrom({ ...halt, recorded: false })).toBeNull()
    expect(liftableFrom(halt)).toEqual(later(GLASS_MS))
    expect(liftableFrom({ ...halt, fromDatabase: false })).toEqual(at)
  })
})

it('people type what is let go, by the name they know', () => {
  expect(nameToType({ scope: 'organisation', name: null, run: null })).toBe('organisation')
  expect(nameToType({ scope: 'team', name: 'Payments', run: null })).toBe('Payments')
  expect(nameToType({ scope: 'run', name: 'crm-bot', run: 'run_1' })).toBe('run_1')
})
