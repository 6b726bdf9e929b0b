import { describe, expect, it } from 'vitest'
import { isMap, parseDocument } from 'yaml'
import { edit } from './edit'
import { changed, type Path, type Plain, plainOf, same } from './plain'
import { templateFor } from './template'

const SAMPLE = `# Signed by the ciso of the claims department.
agent: claims-desk
purpose: "Reads claims, drafts answers" # one line

mcp_scopes:
    claims: [read, write]   # four spaces here
    crm:
        - read

autonomous:
- claims.read   # no indentation, as some write it
- tool: claims.note
  when: 'args.length < 200'
  # kept
  reason: short notes only

# what asks
approval_required:
  - tool: crm.refund
    when: args.amount > 50
    by: [analyst, 'team:Claims']
  - send_mail

never: [crm.wipe, {tool: delete_user, reason: "never again"}]
limits: {calls_per_hour: 200}
surfaces:
  commands:
    autonomous:
      - npm test
      - "git diff *"
audit: all_tool_calls
expires: 60 days
`

const written = (source: string, path: Path, value: Plain | undefined): string => {
  const edited = edit(source, path, value)
  if ('problem' in edited) throw new Error(`${JSON.stringify(path)}: ${edited.problem}`)
  return edited.source
}
const comments = (source: string) => source.match(/#.*$/gm) ?? []

describe('an edit in the form', () => {
  it('changes only the line it is about', () => {
    expect(written(SAMPLE, ['limits', 'calls_per_hour'], '250')).toBe(
      SAMPLE.replace('{calls_per_hour: 200}', '{calls_per_hour: 250}'),
    )
    expect(written(SAMPLE, ['purpose'], 'Reads claims')).toBe(
      SAMPLE.replace('"Reads claims, drafts answers"', '"Reads claims"'),
    )
    expect(written(SAMPLE, ['autonomous', 1, 'when'], "args.kind == 'note'")).toBe(
      SAMPLE.replace("'args.length < 200'", "'args.kind == ''note'''"),
    )
  })

  it('adds a line in the style that stands there', () => {
    expect(written(SAMPLE, ['autonomous', 2], 'claims.list')).toContain('  reason: short notes only\n- claims.list\n')
    expect(written(SAMPLE, ['never', 2], 'crm.drop')).toContain('reason: "never again"}, crm.drop]')
    expect(written(SAMPLE, ['mcp_scopes', 'mail'], ['read'])).toContain('        - read\n    mail:\n')
    expect(written(SAMPLE, ['autonomous', 0], { tool: 'claims.read', when: 'args.n > 1' })).toContain(
      '- tool: claims.read\n  when: args.n > 1   # no indentation, as some write it\n',
    )
  })

  it('puts a new key where the reference has it', () => {
    const source = written('agent: a-b\nnever:\n  - x\n', ['mcp_scopes', 'crm'], ['read'])
    expect(source).toBe('agent: a-b\nmcp_scopes:\n  crm: [read]\nnever:\n  - x\n')
  })

  it('takes a line out, and what it leaves empty with it', () => {
    expect(written(SAMPLE, ['limits', 'calls_per_hour'], undefined)).toBe(
      SAMPLE.replace('limits: {calls_per_hour: 200}\n', ''),
    )
    expect(written(SAMPLE, ['autonomous', 1, 'tool'], undefined)).toContain("- when: 'args.length < 200'\n")
    expect(written(SAMPLE, ['approval_required', 1], undefined)).toBe(SAMPLE.replace('  - send_mail\n', ''))
  })

  it('never writes into a text it cannot read', () => {
    expect(edit('agent: [', ['purpose'], 'x')).toHaveProperty('problem')
  })

  it('keeps words that YAML would read otherwise as the words they are', () => {
    for (const text of [
      'a: b',
      '# no',
      '- x',
      '[x',
      '{',
      '*a',
      '&a',
      '!t',
      "it's",
      '"q"',
      ' x ',
      'a\nb',
      '%x',
      '@y',
      'true',
      '|',
      '',
      'x, y',
      'a #b',
    ])
      for (const path of [
        ['purpose'],
        ['never', 0],
        ['never', 1, 'reason'],
        ['autonomous', 1, 'reason'],
        ['autonomous', 0],
      ])
        expect(plainOf(written(SAMPLE, path, text)), `${path.join('.')} ${text}`).toEqual(
          changed(plainOf(SAMPLE) ?? {}, path, text),
        )
  })
})

describe('on random edits', () => {
  const VALUES: (Plain | undefined)[] = [
    undefined,
    'crm.read',
    'with: colon',
    { tool: 'x.y', when: "args.a == 'b'" },
    ['read'],
    ['read', 'write'],
    'two\nlines',
    { tool: 'x.z', reason: 'because', override: 'it must' },
    '42',
    'a, b # c',
    ['a', { tool: 'b' }],
  ]
  const PATHS: Path[] = [
    ['purpose'],
    ['limits', 'calls_per_day'],
    ['limits'],
    ['limits', 'calls_per_hour'],
    ['never', 0],
    ['never', 1],
    ['never', 2],
    ['never', 1, 'reason'],
    ['autonomous', 0],
    ['autonomous', 1],
    ['autonomous', 1, 'when'],
    ['autonomous', 1, 'tool'],
    ['autonomous', 2],
    ['autonomous'],
    ['approval_required', 0],
    ['approval_required', 0, 'by'],
    ['approval_required', 0, 'by', 1],
    ['approval_required', 1],
    ['mcp_scopes', 'crm'],
    ['mcp_scopes', 'claims'],
    ['mcp_scopes', 'claims', 1],
    ['mcp_scopes', 'new'],
    ['surfaces', 'commands', 'autonomous', 0],
    ['surfaces', 'commands', 'never', 0],
    ['surfaces', 'code', 'never', 0],
    ['kill_switch'],
    ['accountable', 'spending'],
    ['sandbox', 'egress'],
    ['expires'],
    ['agent'],
    ['review_by'],
    ['protected', 0],
  ]
  // mulberry32, so that a failure comes back
  let state = 7
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T

  it('the text then says exactly what the document edited would', () => {
    let refused = 0
    for (let round = 0; round < 150; round += 1) {
      let source = pick([SAMPLE, templateFor('claims-desk'), 'agent: claims-desk\n', SAMPLE.replace(/\n$/, '')])
      for (let more = 0; more < 4; more += 1) {
        const [path, value] = [pick(PATHS), pick(VALUES)]
        const edited = edit(source, path, value)
        if ('problem' in edited) {
          refused += 1
          continue
        }
        const document = parseDocument(source, { schema: 'failsafe' })
        const wanted = changed(plainOf(source) ?? {}, path, value)
        expect(plainOf(edited.source)).toEqual(wanted)
        const parent = document.getIn(path.slice(0, -1))
        // where the document's own API has the same reach, it says the same
        if (value !== undefined && isMap(parent) && typeof path.at(-1) === 'string') {
          document.setIn(path, value)
          expect(same(plainOf(document.toString()) ?? '', wanted)).toBe(true)
        }
        source = edited.source
      }
    }
    expect(refused).toBeLessThan(20)
  })

  it('and setting what is there already changes no byte', () => {
    const all = (at: Plain, path: Path): [Path, Plain][] => [
      ...(path.length > 0 ? [[path, at] as [Path, Plain]] : []),
      ...(typeof at === 'string'
        ? []
        : Object.entries(at).flatMap(([key, each]) => all(each, [...path, Array.isArray(at) ? Number(key) : key]))),
    ]
    const parts = all(plainOf(SAMPLE) ?? {}, [])
    expect(parts.length).toBeGreaterThan(25)
    for (const [path, value] of parts) expect(written(SAMPLE, path, value)).toBe(SAMPLE)
  })

  it('and lines of other sections stay byte for byte, comments and all', () => {
    for (let round = 0; round < 400; round += 1) {
      const [path, value] = [pick(PATHS), pick(VALUES)]
      const edited = edit(SAMPLE, path, value)
      if ('problem' in edited) continue
      for (const key of [
        'agent',
        'purpose',
        'mcp_scopes',
        'autonomous',
        'approval_required',
        'never',
        'surfaces',
        'expires',
      ])
        if (key !== path[0]) expect(edited.source).toContain(sectionOf(SAMPLE, key))
      const [top] = path
      const elsewhere = comments(SAMPLE).filter((each) => !sectionOf(SAMPLE, String(top)).includes(each))
      for (const comment of elsewhere) expect(edited.source).toContain(comment)
    }
  })
})

/** A key with what belongs to it, as it is written. */
function sectionOf(source: string, key: string): string {
  return new RegExp(`^${key}:.*\\n(?:(?: |-|  #).*\\n)*`, 'm').exec(source)?.[0] ?? ''
}
