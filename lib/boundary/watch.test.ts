import { expect, test } from 'vitest'
import type { Boundary } from './boundary'
import { watchChanges } from './diff-watch'
import { parseBoundary } from './parse'

const MIN = 60_000

function watched(...lines: string[]) {
  return parseBoundary(['agent: ab', 'watch:', ...lines.map((line) => `  ${line}`)].join('\n'))
}

function rules(...lines: string[]): Pick<Boundary, 'watch'> {
  const parsed = watched(...lines)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}

test('every kind of watch rule is read, and halts unless it says otherwise', () => {
  const { watch } = rules(
    '- forbidden: 5 within 10m',
    '- rejected: 3 within 1h',
    '- failed: 20 within 10m',
    '- {calls: 300 within 5m, then: alert}',
    '- new_tool',
    '- run_longer_than: 2h',
  )
  expect(watch).toEqual([
    { on: 'forbidden', count: 5, within: 10 * MIN, then: 'halt' },
    { on: 'rejected', count: 3, within: 60 * MIN, then: 'halt' },
    { on: 'failed', count: 20, within: 10 * MIN, then: 'halt' },
    { on: 'calls', count: 300, within: 5 * MIN, then: 'alert' },
    { on: 'new_tool', then: 'halt' },
    { on: 'run_longer_than', within: 120 * MIN, then: 'halt' },
  ])
})

test('a boundary without the key parses as it always did', () => {
  const parsed = parseBoundary('agent: ab')
  expect(parsed.ok && 'watch' in parsed.document).toBe(false)
})

test.each([
  ['a kind nobody knows, with the nearest', '- forbiden: 5 within 10m', 'unknown_key', 'Did you mean "forbidden"?'],
  ['a bare word nobody knows', '- new_tols', 'unknown_value', 'Did you mean "new_tool"?'],
  ['a bare word that needs numbers', '- forbidden', 'wrong_type', '"forbidden: 5 within 10m"'],
  ['no number', '- forbidden: within 10m', 'out_of_range', '"5 within 10m"'],
  ['no such unit', '- calls: 5 within 10s', 'out_of_range', '"300 within 5m"'],
  ['more than is counted', '- calls: 1001 within 5m', 'out_of_range', 'At most 1000'],
  ['a window too long', '- calls: 10 within 8d', 'out_of_range', '7 days'],
  ['nothing watched', '- then: alert', 'missing_key', 'What is watched?'],
  ['two things in one', '- {calls: 3 within 5m, failed: 3 within 5m}', 'duplicate_entry', 'write two'],
  ['another consequence', '- {calls: 3 within 5m, then: warn}', 'unknown_value', 'halt, alert'],
  ['a tool that is not new', '- new_tool: crm.find', 'out_of_range', 'new_tool: true'],
  ['no length', '- run_longer_than: long', 'out_of_range', '2h'],
])('it refuses %s', (_, line, code, says) => {
  const parsed = watched(line)
  expect(parsed).toMatchObject({ ok: false, errors: [{ code }] })
  expect(parsed.ok ? '' : parsed.errors[0]?.message).toContain(says)
})

test('the same thing watched twice is a fault', () => {
  expect(watched('- new_tool', '- {new_tool: true, then: alert}')).toMatchObject({
    ok: false,
    errors: [{ code: 'duplicate_entry', path: 'watch[1]' }],
  })
})

test.each([
  ['removed', ['- forbidden: 5 within 10m', '- new_tool'], ['- new_tool']],
  ['counting more', ['- forbidden: 5 within 10m'], ['- forbidden: 6 within 10m']],
  ['of a shorter window', ['- forbidden: 5 within 10m'], ['- forbidden: 5 within 9m']],
  ['an alert only', ['- new_tool'], ['- {new_tool: true, then: alert}']],
  ['of longer runs', ['- run_longer_than: 1h'], ['- run_longer_than: 2h']],
])('a rule %s is wider, and nothing else', (_, before, after) => {
  expect(watchChanges(rules(...before), rules(...after)).map(({ direction }) => direction)).toEqual(['wider'])
})

test.each([
  ['added', ['- new_tool'], ['- new_tool', '- forbidden: 5 within 10m']],
  ['counting less', ['- forbidden: 5 within 10m'], ['- forbidden: 4 within 10m']],
  ['of a longer window', ['- forbidden: 5 within 10m'], ['- forbidden: 5 within 20m']],
  ['that halts rather than alerts', ['- {new_tool: true, then: alert}'], ['- new_tool']],
  ['of shorter runs', ['- run_longer_than: 2h'], ['- run_longer_than: 1h']],
])('a rule %s is narrower, and nothing else', (_, before, after) => {
  expect(watchChanges(rules(...before), rules(...after)).map(({ direction }) => direction)).toEqual(['narrower'])
})

test('what did not change is no change, in whatever order', () => {
  const before = rules('- new_tool', '- forbidden: 5 within 10m')
  expect(watchChanges(before, rules('- forbidden: 5 within 10m', '- new_tool'))).toEqual([])
})
