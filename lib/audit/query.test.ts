import { describe, expect, it } from 'vitest'
import { OUTCOMES } from '@/lib/ledger/entry'
import { auditPath, filterWords, isFiltered, readQuery, type AuditQuery } from './query'

const ENTRY = `ent_${'019aa1b2c3d47e5f8123456789abcdef'}`

const read = (url: string) => {
  const { searchParams } = new URL(url, 'http://console.invalid')
  const given: Record<string, string | string[]> = {}
  for (const name of searchParams.keys()) {
    const all = searchParams.getAll(name)
    given[name] = all.length > 1 ? all : (all[0] ?? '')
  }
  return readQuery(given)
}

describe('the view in the address', () => {
  const views: AuditQuery[] = [
    {},
    { agent: 'soc-triage' },
    ...OUTCOMES.map((outcome) => ({ outcome })),
    { agent: 'soc-triage', outcome: 'forbid', before: ENTRY },
    { outcome: 'hold', after: ENTRY },
  ]
  it.each(views)('comes back as it was written: %o', (view) => {
    expect(read(auditPath(view))).toEqual({ ok: true, query: { ...none, ...view } })
  })

  it.each([
    '?outcome=alow',
    '?outcome=allow&outcome=hold',
    '?agent=Not%20a%20slug',
    '?before=1',
    `?before=${ENTRY}&after=${ENTRY}`,
    '?before=act_019aa1b2c3d47e5f8123456789abcdef',
  ])('is not guessed at where it cannot be read: %s', (url) => {
    const result = read(`/audit${url}`)
    expect(result.ok).toBe(false)
    if (!result.ok) expect(result.problem).toMatch(/\.$/)
  })

  it('takes an empty field of a form for no filter', () => {
    expect(read('/audit?agent=&outcome=')).toEqual({ ok: true, query: none })
  })
})

it('says a filter in words', () => {
  expect(filterWords({ agent: 'soc-triage', outcome: 'forbid' })).toBe('agent is soc-triage, outcome is forbid')
  expect(isFiltered({ before: ENTRY })).toBe(false)
  expect(isFiltered({ outcome: 'hold' })).toBe(true)
})

const none = { agent: undefined, outcome: undefined, before: undefined, after: undefined }
