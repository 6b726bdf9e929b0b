import { describe, expect, it } from 'vitest'
import { CONFIRM_WITHIN_MS, confirmation, haltCovers, type Halt } from './halt'

const halt = (scope: string, target = ''): Halt => ({ id: 'h', scope, target, liftedAt: null })
const subject = { agentId: 'a1', teamId: 't1', environment: 'production', runId: 'r1', tool: 'crm.refund.now' }

describe('what a halt covers', () => {
  it.each([
    ['organisation', '', true],
    ['agent', 'a1', true],
    ['agent', 'a2', false],
    ['team', 't1', true],
    ['team', 't2', false],
    ['environment', 'production', true],
    ['environment', 'staging', false],
    ['run', 'r1', true],
    ['run', 'r2', false],
    ['tool', 'crm.refund.now', true],
    ['tool', 'crm.refund', false],
    ['server', 'crm', true],
    ['server', 'crm.refund', false],
  ])('%s %s: %s', (scope, target, covered) => {
    expect(haltCovers(halt(scope, target), subject)).toBe(covered)
  })

  it('a lifted halt covers nothing', () => {
    expect(haltCovers({ ...halt('organisation'), liftedAt: new Date(0) }, subject)).toBe(false)
  })

  it('a scope this version cannot read covers everything', () => {
    expect(haltCovers(halt('galaxy', 'x'), subject)).toBe(true)
  })
})

describe('what an agent has said', () => {
  const engaged = new Date(0)
  it('is requested, then confirmed by its word or unconfirmed by its silence', () => {
    expect(confirmation(engaged, null, new Date(CONFIRM_WITHIN_MS - 1))).toBe('requested')
    expect(confirmation(engaged, null, new Date(CONFIRM_WITHIN_MS))).toBe('unconfirmed')
    expect(confirmation(engaged, new Date(5), new Date(CONFIRM_WITHIN_MS * 9))).toBe('confirmed')
  })
})
