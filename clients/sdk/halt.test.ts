import { describe, expect, it } from 'vitest'
import { stopsRun, stopsTool, type Halt } from './halt'

const halt = (scope: string, more: Partial<Halt> = {}): Halt => ({
  id: 'hlt_1',
  scope,
  run: null,
  target: null,
  lifted_at: null,
  ...more,
})

describe('what of this process a halt stops', () => {
  it.each<[string, Partial<Halt>, boolean]>([
    ['organisation', {}, true],
    ['environment', { target: 'production' }, true],
    ['team', { target: 'Claims' }, true],
    ['agent', { target: 'triage' }, true],
    ['run', { run: 'run_1' }, true],
    ['run', { run: 'run_2' }, false],
    ['tool', { target: 'crm.refund' }, false],
    ['server', { target: 'crm' }, false],
    ['galaxy', {}, true],
  ])('a run, by %s %o: %s', (scope, more, stops) => {
    expect(stopsRun(halt(scope, more), 'run_1')).toBe(stops)
  })

  it.each<[string, string, string, boolean]>([
    ['tool', 'crm.refund', 'crm.refund', true],
    ['tool', 'crm.refund', 'crm.read', false],
    ['tool', 'local.shell', 'shell', true],
    ['server', 'crm', 'crm.refund.now', true],
    ['server', 'local', 'shell', true],
    ['server', 'cr', 'crm.refund', false],
    ['agent', 'crm.refund', 'crm.refund', false],
  ])('a call, by %s %s of %s: %s', (scope, target, tool, stops) => {
    expect(stopsTool(halt(scope, { target }), tool)).toBe(stops)
  })
})
