import { describe, expect, it } from 'vitest'
import type { CatalogueTool } from '@/lib/tools/tool'
import { parseBoundary } from './parse'
import { afterDay, keptOnLapse, lapseWords, REMIND_DAYS, stageOf, toldAt } from './terms'

const DAY = 86_400_000
const END = afterDay('2026-12-23')
const CATALOGUE: CatalogueTool[] = [
  { name: 'hr.lookup', class: { access: 'read' } },
  { name: 'hr.change', class: { access: 'write', reversible: true } },
  { name: 'web.fetch', class: { access: 'read', audience: 'external' } },
]

function boundary(...lines: string[]) {
  const parsed = parseBoundary(['agent: ab', ...lines].join('\n'))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}

describe('where a term stands', () => {
  it.each([
    [40, 'far', null],
    [31.01, 'far', null],
    [31, 'approaching', 30],
    [15, 'approaching', 14],
    [8, 'approaching', 7],
    [2, 'approaching', 1],
    [1.01, 'approaching', 1],
    [1, 'due', 0],
    [0.01, 'due', 0],
    [0, 'lapsed', -1],
    [-90, 'lapsed', -1],
  ])('%s days before its end it is %s, at step %s', (days, name, step) => {
    expect(stageOf(END, END - days * DAY, REMIND_DAYS)).toEqual({ name, step })
  })

  it('is over where its end cannot be read', () => {
    expect(stageOf(afterDay('soon'), 0, REMIND_DAYS).name).toBe('lapsed')
  })

  it('follows the days the organisation chose', () => {
    expect(stageOf(END, END - 50 * DAY, [60]).step).toBe(60)
    expect(stageOf(END, END - 5 * DAY, [60]).step).toBe(60)
    expect(stageOf(END, END - 5 * DAY, [])).toEqual({ name: 'far', step: null })
    expect(stageOf(END, END - 0.5 * DAY, [])).toEqual({ name: 'due', step: 0 })
  })
})

it('tells the owner first, then cisos too, then administrators too', () => {
  expect([60, 30, 14, 7, 1, 0, -1].map(toldAt)).toEqual([
    ['owner'],
    ['owner'],
    ['owner', 'ciso'],
    ['owner', 'ciso'],
    ['owner', 'ciso', 'administrator'],
    ['owner', 'ciso', 'administrator'],
    ['owner', 'ciso', 'administrator'],
  ])
})

describe('what remains', () => {
  const some = boundary(
    'mcp_scopes: {crm: [read, write], files: [read]}',
    'autonomous:',
    '  - hr.lookup',
    '  - hr.change',
    '  - nobody.knows',
    '  - web.fetch',
    'approval_required: [crm.refund]',
    'never: [crm.delete]',
    'surfaces: {commands: {autonomous: [npm test], never: ["rm *"]}}',
  )

  it('is reads alone: scopes, and what it does alone with tools confirmed as reads', () => {
    expect(keptOnLapse(some, CATALOGUE)).toEqual({
      of: 9,
      kept: 3,
      names: ['reading at crm', 'reading at files', 'hr.lookup'],
    })
  })

  it('is said in words, with the day and the numbers', () => {
    const kept = keptOnLapse(some, CATALOGUE)
    expect(lapseWords('24 December', 'read_only', kept)).toBe(
      'From 24 December it keeps 3 of its 9 permissions: reading at crm, reading at files, hr.lookup. Whatever else it asks is forbidden.',
    )
    expect(lapseWords('24 December', 'suspend', kept)).toBe(
      'From 24 December it may do nothing: it is suspended, and keeps none of its 9 permissions.',
    )
    expect(lapseWords('24 December', 'read_only', { of: 1, kept: 0, names: [] })).toBe(
      'From 24 December it keeps none of its only permission: nothing of it is a read.',
    )
  })
})
