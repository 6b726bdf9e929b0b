import { describe, expect, it } from 'vitest'
import { sha256 } from '@/lib/core/canonical'
import { shownAs, type Shown, type ShownForm } from './shown'
import { atPointer } from './shown-text'
import type { ShownValue } from './shown-tree'

const formOf = <K extends ShownForm['kind']>(shown: Shown, kind: K): Extract<ShownForm, { kind: K }> => {
  const found = shown.forms.find((form) => form.kind === kind)
  if (!found) throw new Error(`it is not shown as ${kind}`)
  return found as Extract<ShownForm, { kind: K }>
}
const names = (shown: Shown) => shown.rest?.entries.map(({ name }) => name) ?? []
/** What is in no form of its own but a table. */
const kept = (shown: Shown) => [
  ...shown.forms.flatMap((form) => (form.kind === 'table' ? form.name : [])),
  ...names(shown),
]
const size = (shown: Shown) => JSON.stringify(shown).length

describe('how arguments are shown', () => {
  it('shows a command whole, and what is sent beside it as names and values', () => {
    const shown = shownAs('claude-code.Bash', { command: 'rm -rf build', timeout: 5 })
    expect(formOf(shown, 'command').text).toEqual({ text: 'rm -rf build', end: '', whole: null })
    expect(names(shown)).toEqual(['timeout'])
  })

  it.each([
    ['an edit', { file_path: 'a.ts', old_string: 'one\ntwo\nthree', new_string: 'one\n2\nthree' }],
    ['a setting', { path: 'a.ts', before: 'one\ntwo\nthree', after: 'one\n2\nthree' }],
    ['several edits', { file_path: 'a.ts', edits: [{ old_string: 'one\ntwo\nthree', new_string: 'one\n2\nthree' }] }],
  ])('compares the old and the new text of %s', (_name, args) => {
    const shown = shownAs('x.edit', args)
    const [change] = formOf(shown, 'changes').changes
    expect(change?.path?.text).toBe('a.ts')
    expect(change?.lines).toEqual([
      { kind: 'same', text: 'one', over: 0 },
      { kind: 'removed', text: 'two', over: 0 },
      { kind: 'added', text: '2', over: 0 },
      { kind: 'same', text: 'three', over: 0 },
    ])
    expect(change).toMatchObject({ basis: 'compared', added: 1, removed: 1, more: 0, wholes: [] })
    expect(shown.rest).toBeNull()
  })

  it('compares configuration as its names in order: another order is no change', () => {
    const shown = shownAs('flags.update', { flag: 'f', before: { b: 1, a: [1] }, after: { a: [1], b: 2 } })
    const [change] = formOf(shown, 'changes').changes
    expect(change?.lines.filter(({ kind }) => kind === 'removed' || kind === 'added')).toEqual([
      { kind: 'removed', text: '  "b": 1', over: 0 },
      { kind: 'added', text: '  "b": 2', over: 0 },
    ])
    expect(names(shown)).toEqual(['flag'])
  })

  it('keeps whatever an edit says besides its texts', () => {
    const shown = shownAs('x.edit', { edits: [{ old_string: 'a', new_string: 'b', replace_all: true }] })
    expect(formOf(shown, 'changes').changes).toHaveLength(1)
    expect(kept(shown)).toEqual(['edits'])
  })

  it('shows a patch line by line, as the agent wrote it', () => {
    const patch = '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n-old\n+new'
    const [change] = formOf(shownAs('git.apply', { patch }), 'changes').changes
    expect(change?.lines.map((line) => line.kind)).toEqual(['note', 'note', 'note', 'same', 'removed', 'added'])
  })

  it('shows a new file as lines that are added, and takes no content for a file where no path says so', () => {
    const [change] = formOf(shownAs('fs.write', { path: 'a', content: 'x\ny\n' }), 'changes').changes
    expect(change).toMatchObject({ basis: 'written', added: 2 })
    expect(shownAs('notes.add', { content: 'x\ny' }).forms).toEqual([])
    expect(formOf(shownAs('claude-code.Write', { content: 'x' }), 'changes').changes).toHaveLength(1)
  })

  it('finds a small change of a long text and folds what is the same', () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => `line ${at}`)
    const after = lines.with(2_500, 'changed')
    const [change] = formOf(shownAs('x.edit', { old: lines.join('\n'), new: after.join('\n') }), 'changes').changes
    expect(change).toMatchObject({ added: 1, removed: 1, more: 0, wholes: [] })
    expect(change?.lines.filter((line) => line.kind === 'skipped').map((line) => line.count)).toEqual([2_497, 2_496])
  })

  it('shows a message: to whom, the subject, the text, what is attached', () => {
    const shown = shownAs('mail.send', {
      to: ['a@example.com', 'b@example.com'],
      cc: 'c@example.com',
      subject: 'Hello',
      body: '<img src=x onerror=alert(1)>',
      attachments: [{ filename: 'terms.pdf', content: 'JVBERi0' }],
      priority: 'high',
    })
    const mail = formOf(shown, 'mail')
    expect(mail.to.map(({ text }) => text)).toEqual(['a@example.com', 'b@example.com'])
    expect(mail).toMatchObject({ toTotal: 2, ccTotal: 1, bccTotal: 0, html: true, attachmentsTotal: 1 })
    expect(mail.attachments[0]?.text).toBe('terms.pdf')
    // what is attached is more than its name
    expect(kept(shown)).toEqual(['attachments', 'priority'])
  })

  it('hides no recipient it does not understand', () => {
    const shown = shownAs('mail.send', { to: 'a@example.com', cc: [{ email: 'x' }], subject: 's', body: 'b' })
    expect(formOf(shown, 'mail').ccTotal).toBe(0)
    expect(kept(shown)).toEqual(['cc'])
  })

  it.each([
    [{ amount: 4180, currency: 'EUR' }, '4,180.00 euros'],
    [{ amount: '0.005', currency: 'usd' }, '0.005 US dollars'],
    [{ amount_cents: 418_000, currency: 'EUR' }, '4,180.00 euros'],
    [{ amount: 5_000, currency: 'JPY' }, '5,000 Japanese yen'],
    [{ amount_minor: 5_000, currency: 'JPY' }, '5,000 Japanese yen'],
  ])('writes %j out as %s', (args, written) => {
    expect(formOf(shownAs('crm.refund', args), 'money').written).toBe(written)
  })

  it('writes no sum out that it would have to round, or whose currency is none', () => {
    for (const args of [
      { amount: 1e21, currency: 'EUR' },
      { amount: 0.1 + 0.2, currency: 'EUR' },
      { amount: 'ten', currency: 'EUR' },
      { amount: 1, currency: 'EURO' },
      { amount: 1 },
    ])
      expect(shownAs('crm.refund', args).forms).toEqual([])
  })

  it('shows the longest list of flat records as a table, and says which cells are not there', () => {
    const shown = shownAs('crm.update', { list: [{ a: 1, b: '' }, { a: null }], mode: 'x', pair: [{ c: 1 }] })
    const table = formOf(shown, 'table')
    expect(table).toMatchObject({ name: 'list', columns: ['a', 'b'], total: 2 })
    expect(table.rows.map((row) => row.map(({ kind, text }) => `${kind}:${text}`))).toEqual([
      ['plain:1', 'text:'],
      ['plain:null', 'absent:'],
    ])
    expect(names(shown)).toEqual(['mode', 'pair'])
  })

  it('leaves out no argument, whatever its shape', () => {
    const args = { to: 'x', a: [{ b: { c: 1 } }], currency: 'EUR', content: 'c', 'e/f~g': [], h: null, __proto: true }
    expect(names(shownAs('any.tool', args))).toEqual(Object.keys(args))
    for (const odd of [null, 'text', 7, [1, 2]]) expect(names(shownAs('any.tool', odd))).toEqual(['arguments'])
  })
})

describe('what is too large to be shown', () => {
  const line = 'x'.repeat(1_000_000)

  it.each([
    ['a line of a megabyte', { note: line }, '/note'],
    ['a command of a megabyte', { command: line }, '/command'],
    ['a message of a megabyte', { to: 'a@example.com', subject: 's', body: line }, '/body'],
    ['a text a megabyte long and deep', { a: { b: [{ 'c/d': line }] } }, '/a/b/0/c~1d'],
  ])('shows of %s its beginning, its end, its size and its hash, and where it can be read', (_name, args, at) => {
    const shown = shownAs('any.tool', args)
    expect(size(shown)).toBeLessThan(20_000)
    expect(shown.left).toBeGreaterThan(0)
    expect(JSON.stringify(shown)).toContain(
      JSON.stringify({ bytes: 1_000_000, lines: 1, sha256: sha256(line).toString('hex'), at }),
    )
    expect(atPointer(args, at)).toBe(line)
  })

  it('shows the end of a long text, where somebody would hide what matters', () => {
    const shown = shownAs('claude-code.Bash', { command: `${'echo ok; '.repeat(20_000)}rm -rf /` })
    expect(formOf(shown, 'command').text.end).toMatch(/rm -rf \/$/)
  })

  it('cuts no character in two', () => {
    const [entry] = shownAs('x.y', { note: '😀'.repeat(20_000) }).rest?.entries ?? []
    const { text, end } = (entry?.value as Extract<ShownValue, { kind: 'text' }>).text
    expect(`${text}${end}`).not.toMatch(/\p{Surrogate}/u)
  })

  it.each([
    ['ten thousand values', { list: Array.from({ length: 10_000 }, (_, at) => at) }],
    ['ten thousand texts', { list: Array.from({ length: 10_000 }, () => 'x'.repeat(90)) }],
    ['ten thousand records', { list: Array.from({ length: 10_000 }, (_, at) => ({ at, name: 'x'.repeat(50) })) }],
    ['ten thousand names', Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`name ${at}`, 'x']))],
    [
      'names of ten thousand characters',
      Object.fromEntries(Array.from({ length: 90 }, (_, at) => ['n'.repeat(10_000) + at, 1])),
    ],
    [
      'ten thousand recipients',
      { to: Array.from({ length: 10_000 }, (_, at) => `${at}@example.com`), subject: 's', body: 'b' },
    ],
    ['ten thousand edits', { edits: Array.from({ length: 10_000 }, () => ({ old_string: 'a', new_string: 'b' })) }],
    ['a change of two megabytes', { before: 'a\n'.repeat(500_000), after: 'b\n'.repeat(500_000) }],
    ['a patch of a megabyte', { patch: `@@ -1 +1 @@\n${'+x\n'.repeat(300_000)}` }],
    ['lists in lists', { a: nested(60) }],
  ])('is bounded for %s, and says that something is left out', (_name, args) => {
    const shown = shownAs('any.tool', args)
    expect(size(shown)).toBeLessThan(400_000)
    expect(shown.left).toBeGreaterThan(0)
  })

  it('counts what is left out of a list where it stands', () => {
    const shown = shownAs('x.y', { list: Array.from({ length: 10_000 }, (_, at) => at) })
    expect(shown.rest?.entries[0]?.value).toMatchObject({ kind: 'group', list: true, more: 9_960 })
    const records = shownAs('x.y', { list: Array.from({ length: 10_000 }, () => ({ a: 1 })) })
    expect(formOf(records, 'table')).toMatchObject({ total: 10_000 })
    expect(formOf(records, 'table').rows).toHaveLength(50)
  })
})

function nested(depth: number): unknown {
  return depth === 0 ? 'x'.repeat(50_000) : [nested(depth - 1)]
}
