import { describe, expect, test } from 'vitest'
import type { CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary } from './boundary'
import { overruled } from './overruled'
import { parseBaseline, parseBoundary } from './parse'
import { compareRadius, radiusOf } from './radius'
import { sentenceText } from './reach'

function doc(source: string): Boundary {
  const parsed = parseBoundary(`agent: a1\n${source}`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}
function floor(source: string): Baseline {
  const parsed = parseBaseline(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}
const CATALOGUE: CatalogueTool[] = [
  { name: 'crm.get', class: { access: 'read' } },
  { name: 'crm.note', class: { access: 'write', reversible: true } },
  { name: 'shop.refund', class: { access: 'write', spends: true, audience: 'customer' } },
  { name: 'shop.odd', class: null },
]
const lines = (source: string, baseline: Baseline | null = null) =>
  radiusOf(doc(source), CATALOGUE, baseline).map(({ weight, says, clause }) => [weight, sentenceText(says), clause])

describe('the blast radius', () => {
  test('of nothing is empty', () => {
    expect(lines('never: [x]')).toEqual([])
  })

  test('tells the worst first, with the clause that lets it, and what bounds it', () => {
    const source = `
mcp_scopes: {crm: [read, write]}
autonomous: [shop.odd, {tool: shop.refund, override: small}]
limits: {calls_per_hour: 200, spend_per_day: 500 EUR}
surfaces: {commands: {autonomous: [npm test]}, code: {autonomous: ["src/**"]}}
sandbox: isolated, network egress = none`
    expect(lines(source)).toEqual([
      [
        'stakes',
        'Call shop.refund, which cannot be undone and a customer sees and spends money, up to EUR 500 a day.',
        'autonomous[1]',
      ],
      ['execution', 'Run “npm test” in a sandbox of its own with no network.', 'surfaces.commands.autonomous'],
      ['unknown', 'Call shop.odd, of which nobody has said what it does.', 'autonomous[0]'],
      ['write', 'Change src/**.', 'surfaces.code.autonomous'],
      ['write', 'Write at crm what can be undone and stays inside: 1 tool now.', 'mcp_scopes.crm'],
      ['read', 'Read at crm: 1 tool now.', 'mcp_scopes.crm'],
      ['bound', 'At most 200 calls an hour, EUR 500 a day; then a person is asked.', 'limits.calls_per_hour'],
      ['bound', 'Nobody is told of what it does alone before a limit is reached or something is refused.', null],
    ])
  })

  test('of a shell that is named without a list is everything', () => {
    expect(lines('autonomous: [claude-code.Bash]')[0]).toEqual([
      'execution',
      'Run anything with claude-code.Bash wherever its harness runs, with whatever that reaches.',
      'autonomous[0]',
    ])
  })

  test('of a boundary that only observes begins with that', () => {
    expect(lines('mode: observe until 2026-12-24')[0]?.[1]).toContain(
      'Anything its credentials reach, until 2026-12-24',
    )
  })

  test('leaves out what is stopped, by the boundary or the baseline, and counts the stricter limit', () => {
    expect(lines('autonomous: [crm.note]\nnever: [note]')).toEqual([])
    expect(lines('autonomous: [crm.note]', floor('never: [crm.note]'))).toEqual([])
    expect(
      lines('autonomous: [crm.note]\nlimits: {calls_per_day: 9}', floor('limits: {calls_per_day: 5}')),
    ).toContainEqual(['bound', 'At most 5 calls a day; then a person is asked.', 'baseline.limits.calls_per_day'])
  })

  test('without a limit of money says so', () => {
    expect(lines('autonomous: [{tool: shop.refund, override: x}]')[0]?.[1]).toContain('without a limit of money')
    expect(lines('autonomous: [{tool: shop.refund, override: x}]').at(-2)?.[1]).toBe(
      'As often as it likes: no limit is set.',
    )
  })

  test('beside another says line by line what comes and what goes', () => {
    const [before, after] = [
      doc('autonomous: [crm.note]'),
      doc('autonomous: [shop.odd, crm.note]\nlimits: {calls_per_day: 9}'),
    ]
    const changes = compareRadius(radiusOf(before, CATALOGUE, null), radiusOf(after, CATALOGUE, null))
    expect(changes.map(({ item, change }) => [change, sentenceText(item.says).slice(0, 14)])).toEqual([
      ['added', 'Call shop.odd,'],
      ['same', 'Call crm.note.'],
      ['added', 'At most 9 call'],
      ['added', 'Nobody is told'],
      ['removed', 'As often as it'],
      ['removed', 'Nobody is told'],
    ])
  })
})

describe('what the baseline overrules', () => {
  test('is told clause by clause, with the clause of the baseline', () => {
    const boundary = doc(
      'mcp_scopes: {crm: [read]}\nautonomous: [note, shop.refund]\napproval_required: [shop.odd]\nlimits: {calls_per_day: 9, calls_per_hour: 1}',
    )
    const baseline = floor(
      'never: [shop.odd, {tool: refund, when: args.n > 1}]\napproval_required: [crm.note]\nlimits: {calls_per_day: 5, calls_per_hour: 5, run_length: 1h}',
    )
    expect(overruled(boundary, baseline, CATALOGUE).map(({ clause, by, says }) => [clause, by, says])).toEqual([
      ['autonomous[0]', 'baseline.approval_required[0]', 'asks a person'],
      ['autonomous[1]', 'baseline.never[1]', 'is forbidden under a condition'],
      ['approval_required[0]', 'baseline.never[0]', 'is forbidden'],
      ['limits.calls_per_day', 'baseline.limits.calls_per_day', 'limited to 5, not 9'],
      ['limits.run_length', 'baseline.limits.run_length', 'limited to 1 hour'],
    ])
  })

  test('is nothing where the boundary is as strict', () => {
    expect(overruled(doc('never: [x]'), floor('never: [x]'), CATALOGUE)).toEqual([])
  })
})
