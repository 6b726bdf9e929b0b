import { describe, expect, it } from 'vitest'
import { ruleText } from './rule-text'

const SOURCE = `agent: refund-desk
purpose: Refunds
approval_required:
  - crm.refund_request
  - tool: crm.write_off   # over the limit
    when: args.amount > 100
    by: [analyst]
never: [crm.export, crm.delete]
limits:
  actions_per_hour: 40
`

describe('what a boundary says in its own text', () => {
  it.each([
    ['approval_required[0]', '- crm.refund_request', 4],
    ['approval_required[1]', '- tool: crm.write_off   # over the limit\n  when: args.amount > 100\n  by: [analyst]', 5],
    ['never[1]', 'never: [crm.export, crm.delete]', 8],
    ['limits.actions_per_hour', 'actions_per_hour: 40', 10],
    ['limits', 'limits:\n  actions_per_hour: 40', 9],
  ])('finds %s', (rule, text, line) => {
    expect(ruleText(SOURCE, rule)).toEqual({ text, line })
  })

  it.each(['approval_required[2]', 'surfaces.commands', 'nonsense', ''])('finds nothing for %s', (rule) => {
    expect(ruleText(SOURCE, rule)).toBeNull()
  })

  it('finds nothing in a text that cannot be read', () => {
    expect(ruleText('never: [', 'never[0]')).toBeNull()
  })
})
