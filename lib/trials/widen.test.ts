import { describe, expect, it } from 'vitest'
import { parseBoundary } from '@/lib/boundary/parse'
import type { JsonObject } from '@/lib/core/json'
import { narrowest, whyStays, widened } from './widen'
import { startReplay } from './replay'

const TEXT = `agent: triage
mcp_scopes:
  crm: [read, write]
approval_required:
  - crm.note # asks since March
  - tool: crm.tag
    by: [analyst]
`
const past: JsonObject[] = [
  { ticket: 'SUP-1', priority: 2, urgent: false },
  { ticket: 'SUP-2', priority: 3, urgent: false, tag: 'billing' },
]

function boundary(source: string) {
  const read = parseBoundary(source, 'triage')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.document
}

function decide(source: string, tool: string, args: JsonObject): string {
  const trial = startReplay({
    boundary: boundary(source),
    baseline: null,
    catalogue: [
      { name: 'crm.note', class: { access: 'write', reversible: true } },
      { name: 'crm.tag', class: { access: 'write', reversible: true } },
    ],
    environment: 'production',
    now: 0,
  })
  return trial({ line: 0, tool, arguments: args, runId: null, at: null }).decision
}

describe('a draft that widens a gate', () => {
  const condition = narrowest(past) ?? ''
  const made = widened(TEXT, boundary(TEXT), 'crm.note', condition)
  const source = 'source' in made ? made.source : ''

  it('lets run alone what was always approved, and asks about everything else', () => {
    expect('problem' in made && made.problem).toBe(false)
    for (const args of past) expect(decide(source, 'crm.note', args)).toBe('allow')
    const others: JsonObject[] = [
      { ticket: 'SUP-3', priority: 2, urgent: false },
      { ticket: 'SUP-1', priority: 4, urgent: false },
      { ticket: 'SUP-1', priority: 1, urgent: false },
      { ticket: 'SUP-1', priority: 2, urgent: true },
      { ticket: 'SUP-1', priority: 2, urgent: false, tag: 'other' },
      { ticket: 'SUP-1', priority: 2, urgent: false, more: 'x' },
      { ticket: 'SUP-1', urgent: false },
      {},
    ]
    for (const args of others) expect(decide(source, 'crm.note', args), JSON.stringify(args)).toBe('hold')
  })

  it('changes nothing else of the text, comments included', () => {
    expect(source).toContain('# asks since March')
    const [before, after] = [boundary(TEXT), boundary(source)]
    expect({ ...after, autonomous: [], approval_required: [] }).toEqual({
      ...before,
      autonomous: [],
      approval_required: [],
    })
    expect(after.approval_required[1]).toEqual(before.approval_required[1])
  })

  it('keeps whom the entry asks and what it asked about before', () => {
    const narrowed = TEXT.replace('by: [analyst]', 'by: [analyst]\n    when: args.priority > 1')
    const of = widened(narrowed, boundary(narrowed), 'crm.tag', 'args.priority <= 3')
    const after = boundary('source' in of ? of.source : '')
    expect(after.approval_required[1]).toMatchObject({
      tool: 'crm.tag',
      by: ['analyst'],
      when: '(args.priority > 1) && !(args.priority <= 3)',
    })
    expect(after.autonomous[0]).toMatchObject({ tool: 'crm.tag', when: '(args.priority > 1) && (args.priority <= 3)' })
  })

  it('cannot be made of what a condition does not bound, nor where the boundary does not ask', () => {
    expect(narrowest([])).toBeNull()
    expect(narrowest([{ rows: [1, 2] }])).toBeNull()
    expect(narrowest([{ a: 1 }, { a: 'one' }])).toBeNull()
    expect(widened(TEXT, boundary(TEXT), 'crm.delete', 'true')).toHaveProperty('problem')
  })

  it('bounds texts that are always others by how long they were', () => {
    const many = Array.from({ length: 9 }, (_, at) => ({ note: 'n'.repeat(at + 1) }))
    expect(narrowest(many)).toBe('args.all(k, k in ["note"]) && size(args["note"]) <= 9')
  })
})

describe('what is never a candidate', () => {
  const plain = { access: 'write', reversible: true } as const
  it.each([
    [['approval_required'], plain, null],
    [['approval_required', 'untrusted_content'], plain, 'untrusted'],
    [['limit_reached'], plain, 'limit'],
    [['approval_required'], null, 'unclassified'],
    [['approval_required'], { access: 'write' } as const, 'stakes'],
    [['approval_required'], { ...plain, audience: 'customer' } as const, 'stakes'],
    [['approval_required'], { ...plain, production: true } as const, 'stakes'],
    [['approval_required'], { ...plain, spends: true } as const, 'stakes'],
    [['protected'], plain, 'protected'],
    [['baseline.approval_required[0]'], plain, 'other'],
    [['surfaces.code.approval_required[0]'], plain, 'other'],
  ] as const)('%j with %j: %s', (codes, toolClass, why) => {
    const holds = codes.map((code) =>
      code === 'approval_required'
        ? { code, rule: 'approval_required[0]' }
        : code.includes('_') && !code.includes('[')
          ? { code, rule: null }
          : { code: 'approval_required', rule: code },
    )
    expect(whyStays(holds, toolClass)).toBe(why)
  })
})
