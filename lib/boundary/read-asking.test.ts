import { describe, expect, test } from 'vitest'
import { diffBoundaries } from './diff'
import { parseBoundary } from './parse'

const text = (entry: string) =>
  `agent: a1\nmcp_scopes: {x: [read, write]}\napproval_required:\n  - {tool: x.y, ${entry}}`
const read = (entry: string) => parseBoundary(text(entry))
const document = (entry: string) => {
  const parsed = read(entry)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}
const HOUR = 3_600_000

describe('an order and what then', () => {
  test('are read, and absent where the text has neither', () => {
    expect(
      document('by: [owner, ciso], in_order: true, then: {escalate_to: on_call, after: 1h}').approval_required,
    ).toEqual([
      {
        tool: 'x.y',
        when: null,
        reason: null,
        by: ['owner', 'ciso'],
        in_order: true,
        then: [{ escalate_to: ['on_call'], after: HOUR }],
      },
    ])
    expect(document('by: ciso, in_order: false').approval_required).toEqual([
      { tool: 'x.y', when: null, reason: null, by: ['ciso'] },
    ])
  })

  test.each([
    ['an order of one', 'by: ciso, in_order: true', 'approval_required[0].in_order'],
    ['an order of nobody named', 'in_order: true', 'approval_required[0].in_order'],
    [
      'an order that takes fewer than it names',
      'by: [owner, ciso], approvals: 1, in_order: true',
      'approval_required[0].in_order',
    ],
    ['a step after it expires', 'within: 1h, then: {escalate_to: ciso, after: 1h}', 'approval_required[0].then.after'],
    [
      'a step before the one before',
      'then: [{escalate_to: ciso, after: 2h}, {escalate_to: on_call, after: 1h}]',
      'approval_required[0].then[1].after',
    ],
    ['a step to nobody', 'then: {after: 2h}', 'approval_required[0].then'],
    ['a step at no time', 'then: {escalate_to: ciso}', 'approval_required[0].then'],
    ['a step to somebody unknown', 'then: {escalate_to: boss, after: 2h}', 'approval_required[0].then.escalate_to'],
    ['no step at all', 'then: []', 'approval_required[0].then'],
    ['a key nobody knows', 'then: {escalate_to: ciso, after: 2h, at: 3}', 'approval_required[0].then.at'],
  ])('%s is refused, with its place', (_, entry, path) => {
    const parsed = read(entry)
    expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toContain(path)
  })
})

describe('a change of an order or of what then', () => {
  const terms = { before: 90, after: 90 }
  const directions = (before: string, after: string) =>
    diffBoundaries(document(before), document(after), [], terms).map(({ direction }) => direction)

  test.each([
    ['an order where any was enough', 'by: [owner, ciso]', 'by: [owner, ciso], in_order: true'],
    ['a step less', 'then: {escalate_to: ciso, after: 1h}', 'reason: z'],
    ['a later step', 'then: {escalate_to: ciso, after: 1h}', 'then: {escalate_to: ciso, after: 2h}'],
    ['a step to fewer', 'then: {escalate_to: [ciso, on_call], after: 1h}', 'then: {escalate_to: ciso, after: 1h}'],
  ])('is narrower: %s', (_, before, after) => {
    const found = directions(before, after)
    expect(found).toContain('narrower')
    expect(found).not.toContain('wider')
  })

  test.each([
    ['no order any more', 'by: [owner, ciso], in_order: true', 'by: [owner, ciso]'],
    ['no order any more, as many people', 'by: [owner, ciso], in_order: true', 'by: [owner, ciso], approvals: 2'],
    ['another order', 'by: [owner, ciso], in_order: true', 'by: [ciso, owner], in_order: true'],
    ['one fewer in the order', 'by: [owner, ciso, analyst], in_order: true', 'by: [owner, ciso], in_order: true'],
    ['a step', 'by: ciso', 'by: ciso, then: {escalate_to: analyst, after: 1h}'],
    ['an earlier step', 'then: {escalate_to: ciso, after: 2h}', 'then: {escalate_to: ciso, after: 1h}'],
    ['a step to others', 'then: {escalate_to: ciso, after: 1h}', 'then: {escalate_to: on_call, after: 1h}'],
  ])('is wider: %s', (_, before, after) => {
    expect(directions(before, after)).toContain('wider')
  })
})
