import { expect, test } from 'vitest'
import { changesFrom, type Compared } from './superseded'
import { changeWords } from './superseded-words'

const before: Compared = {
  tool: 'crm.refund',
  arguments: { order: 'A-17', amount: 12 },
  resource: { type: 'order', id: 'A-17' },
  requester: { type: 'user', id: 'dana@example.com' },
  boundary: 'sha256:1',
  baseline: null,
  reasons: [{ code: 'approval_required', rule: 'approval_required[0]' }],
}

test.each<[string, Partial<Compared>, string[]]>([
  ['the arguments', { arguments: { order: 'A-17', amount: 120 } }, ['arguments']],
  ['the tool', { tool: 'crm.pay' }, ['tool']],
  ['the resource', { resource: null }, ['resource']],
  ['the requester', { requester: null }, ['requester']],
  ['the boundary and with it the rules', { boundary: 'sha256:2', reasons: [] }, ['boundary', 'holds']],
  ['the baseline', { baseline: 'sha256:2' }, ['baseline']],
  ['nothing of these', { arguments: { amount: 12, order: 'A-17' } }, ['untrusted']],
])('%s changed', (_, other, changed) => {
  expect(changesFrom(before, { ...before, ...other })).toEqual(changed)
})

test('what changed is said in words, whatever a newer version wrote', () => {
  expect(changeWords(['arguments', 'boundary'])).toBe('other arguments and another version of the boundary is in force')
  expect(changeWords(['something_new'])).toBe('something_new')
  expect(changeWords([])).toBe('what it was about changed')
})
