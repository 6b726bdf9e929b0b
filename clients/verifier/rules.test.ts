import { describe, expect, it } from 'vitest'
import { labelOfAgent } from '@/lib/halt/about-halt'
import type { Entry } from './entry'
import { Rules } from './rules'

const [first, other] = ['019a0000-0000-7000-8000-00000000000a', '019a0000-0000-7000-8000-00000000000b']
const halt = '019a0000-0000-7000-8000-0000000000ff'
const engaged = { kind: 'halt.engaged', about: { halt }, labels: ['organisation'] }
const allowed = (agent: string) => ({ kind: 'action.decided', outcome: 'allow', agent })
const one = { kind: 'halt.stage_lifted', about: { halt }, labels: ['organisation', 'stage_agent'], agent: first }
const team = {
  kind: 'halt.stage_lifted',
  about: { halt },
  labels: ['organisation', 'stage_team', labelOfAgent(first), labelOfAgent(other)],
}
const stopped = { kind: 'halt.lift_stopped', about: { halt }, labels: ['organisation', 'stage_agent'] }

function check(...entries: object[]): void {
  const rules = new Rules(true, null)
  for (const [index, entry] of entries.entries()) rules.entry({ index, entry: entry as Entry, ms: index })
}

describe('what is allowed while everything is halted', () => {
  it('is nothing, but for whom a stage of the lift let go', () => {
    expect(() => check(engaged, allowed(first))).toThrow()
    expect(() => check(engaged, one, allowed(first))).not.toThrow()
    expect(() => check(engaged, one, allowed(other))).toThrow()
    expect(() => check(engaged, one, team, allowed(other), allowed(first))).not.toThrow()
  })

  it('is nothing again once the lift was stopped', () => {
    expect(() => check(engaged, one, stopped, allowed(first))).toThrow()
    expect(() => check(engaged, one, stopped, one, allowed(first))).not.toThrow()
  })
})
