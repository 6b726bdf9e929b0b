import { describe, expect, test } from 'vitest'
import type { CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary } from './boundary'
import { contradicted, overruled } from './overruled'
import { parseBaseline, parseBoundary } from './parse'
import { compareRadius, radiusOf } from './radius'
import { reachOf, reachSentence, sentenceText } from './reach'

const NOW = Date.UTC(2026, 10, 21)
const AT = { now: NOW, lapsesAt: null }

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
  radiusOf(doc(source), CATALOGUE, baseline, AT).map(({ weight, says, clause }) => [weight, sentenceText(says), clause])

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
        'leaves',
        'Let what it reads at crm leave the organisation: through shop.odd, of which nobody has said what it does; or shop.refund.',
        'autonomous[0]',
      ],
      [
        'stakes',
        'Call shop.refund, which cannot be undone and a customer sees and spends money, up to EUR 500 a day.',
        'autonomous[1]',
      ],
      [
        'execution',
        'Run “npm test” in a sandbox of its own with no network, the credentials around it.',
        'surfaces.commands.autonomous',
      ],
      [
        'unknown',
        'Call shop.odd, of which nobody has said what it does: it counts as the worst it could be.',
        'autonomous[0]',
      ],
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

  test('is said in one sentence that counts the baseline, and what only observes', () => {
    const said = (source: string, baseline: Baseline | null = null, now = NOW) =>
      sentenceText(reachSentence(reachOf(doc(source), CATALOGUE, baseline, now)))
    const source = 'autonomous: [crm.note]\nlimits: {calls_per_hour: 9}'
    expect(said(source)).toContain('Alone, it can call crm.note, at most 9 calls an hour.')
    expect(said(source, floor('never: [note]\nlimits: {calls_per_hour: 3}'))).toBe(
      'Alone, it can do nothing. Never: note.',
    )
    expect(said(source, floor('limits: {calls_per_hour: 3}'))).toContain('at most 3 calls an hour.')
    const observing = `${source}\nnever: [wipe]\nmode: observe until 2026-12-24`
    expect(said(observing)).toBe(
      'Until 2026-12-24 it can do anything its credentials reach, as often as it likes: its boundary only observes. Never: wipe.',
    )
    expect(said(observing, floor('limits: {calls_per_hour: 30}'))).toContain('reach, at most 30 calls an hour: its')
    expect(said(observing, null, Date.UTC(2026, 11, 25))).toContain('Alone, it can call crm.note, at most 9')
  })

  describe('of a boundary that only observes', () => {
    const source = 'mode: observe until 2026-12-24\nlimits: {calls_per_hour: 9}'

    test('begins with that, and does not count limits that stop nothing', () => {
      expect(lines(source)).toEqual([
        [
          'unenforced',
          'Anything its credentials reach, until 2026-12-24: the boundary only observes, and enforces nothing but never, the baseline and halts.',
          'mode',
        ],
        ['bound', 'As often as it likes: while it only observes, its own limits stop nothing.', null],
        ['bound', 'Nobody is told of what it does alone before never, the baseline or a halt stops something.', null],
      ])
      expect(lines(source, floor('limits: {calls_per_hour: 20}')).at(-2)).toEqual([
        'bound',
        'At most 20 calls an hour; then a person is asked.',
        'baseline.limits.calls_per_hour',
      ])
    })

    test('is that of one that enforces, once its last day is over', () => {
      const at = { now: Date.UTC(2026, 11, 25), lapsesAt: null }
      expect(radiusOf(doc(`${source}\nautonomous: [crm.note]`), CATALOGUE, null, at)).toEqual(
        radiusOf(doc('limits: {calls_per_hour: 9}\nautonomous: [crm.note]'), CATALOGUE, null, at),
      )
    })
  })

  test('of a bare name is told tool by tool where people class them differently', () => {
    const catalogue: CatalogueTool[] = [
      { name: 'crm.put', class: { access: 'write', reversible: true } },
      { name: 'shop.put', class: { access: 'write', audience: 'external' } },
    ]
    const says = (source: string) =>
      radiusOf(doc(`mcp_scopes: {crm: [read], shop: [read]}\nautonomous: [${source}]`), catalogue, null, AT)
        .filter(({ weight }) => weight !== 'bound' && weight !== 'read' && weight !== 'leaves')
        .map((item) => sentenceText(item.says))
    expect(says('put')).toEqual(['Call crm.put.'])
    expect(says('{tool: put, override: x}')).toEqual([
      'Call shop.put, which cannot be undone and leaves the organisation.',
      'Call crm.put.',
    ])
  })

  test('of code in scope tells what it runs in', () => {
    const catalogue: CatalogueTool[] = [
      { name: 'ci.run', class: { access: 'write', reversible: true }, executes: true },
    ]
    expect(
      radiusOf(doc('mcp_scopes: {ci: [write]}'), catalogue, null, AT).map(({ weight, says }) => [
        weight,
        sentenceText(says),
      ])[0],
    ).toEqual(['execution', 'Run anything with ci.run wherever its harness runs, with whatever that reaches.'])
  })

  test('tells where what it reads leaves the organisation, and not where code has no network', () => {
    const says = (sandbox: string) =>
      lines(`mcp_scopes: {crm: [read]}\nsurfaces: {commands: {autonomous: [npm test]}}\n${sandbox}`)[0]
    expect(says('')).toEqual([
      'leaves',
      'Let what it reads at crm leave the organisation: through the commands it runs, with any network.',
      'surfaces.commands.autonomous',
    ])
    expect(says('sandbox: {egress: none}')?.[0]).toBe('execution')
  })

  test('never takes a tool for stopped by a name that is another one', () => {
    expect(lines('autonomous: [shop.api.put]\nnever: [api.put]')[0]?.[1]).toContain('Call shop.api.put')
  })

  test('names what halts it by itself, of what it does alone', () => {
    const source =
      'autonomous: [crm.note]\nwatch: [{forbidden: 5 within 10m}, {calls: 300 within 5m}, {new_tool: true, then: alert}]'
    expect(lines(source).slice(-3)).toEqual([
      ['bound', 'It is halted by itself with 300 calls within 5 minutes.', 'watch[1]'],
      [
        'bound',
        'An alert is raised with the first use of a tool that its boundary does not name and it never used before.',
        'watch[2]',
      ],
      [
        'bound',
        'No person is told of what it does alone before that, a limit is reached or something is refused.',
        null,
      ],
    ])
  })

  test('ends when the boundary lapses', () => {
    const at = { now: NOW, lapsesAt: Date.UTC(2027, 1, 20) }
    const last = radiusOf(doc('autonomous: [crm.note]'), CATALOGUE, null, at).at(-1)
    expect(last && sentenceText(last.says)).toBe('Until 2027-02-19; then it lapses, and only what it reads goes on.')
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
    const changes = compareRadius(radiusOf(before, CATALOGUE, null, AT), radiusOf(after, CATALOGUE, null, AT))
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

  test('counts a bare name as the tool the baseline means, whether or not a catalogue knows it', () => {
    const told = (source: string, rules: string) =>
      overruled(doc(source), floor(rules), []).map(({ clause, subject }) => `${clause} ${subject}`)
    expect(told('mcp_scopes: {erp: [read]}\nautonomous: [wipe]', 'never: [erp.wipe]')).toEqual([
      'autonomous[0] erp.wipe',
      'mcp_scopes.erp erp.wipe',
    ])
    expect(told('autonomous: [wipe]', 'never: [erp.wipe]')).toEqual([])
    expect(told('approval_required: [wipe]', 'never: [erp.wipe]')).toEqual(['approval_required[0] erp.wipe'])
    expect(told('surfaces: {commands: {autonomous: [npm test]}}', 'never: [Bash]')).toEqual([
      'surfaces.commands.autonomous claude-code.Bash',
    ])
  })

  test('contradicts a boundary only where it says otherwise itself', () => {
    const baseline = floor('never: [wipe]\nlimits: {calls_per_day: 5}')
    expect(contradicted(doc('autonomous: [crm.note]'), baseline, [])).toEqual([])
    expect(
      contradicted(doc('autonomous: [erp.wipe]\nlimits: {calls_per_day: 9}'), baseline, []).map(({ clause }) => clause),
    ).toEqual(['autonomous[0]', 'limits.calls_per_day'])
  })

  test('is nothing where the boundary is as strict', () => {
    expect(overruled(doc('never: [x]'), floor('never: [x]'), CATALOGUE)).toEqual([])
  })
})
