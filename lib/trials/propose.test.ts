import { describe, expect, test } from 'vitest'
import { parseBoundary } from '@/lib/boundary/parse'
import type { JsonObject } from '@/lib/core/json'
import type { Decision } from '@/lib/decisions/decision'
import type { ToolClass } from '@/lib/tools/tool'
import { proposeBoundary, type Use } from './propose'
import { startReplay } from './replay'

const READ: ToolClass = { access: 'read' }
const use = (tool: string, args: JsonObject = {}, over: Partial<Use> = {}): Use => ({
  ...{ tool, arguments: args, class: null, was: null },
  ...over,
})
const bash = (command: string, was: Decision | null = null) => use('claude-code.Bash', { command }, { was })
const WORK = '/home/dev/app'

function proposed(uses: readonly Use[]) {
  const made = proposeBoundary('triage', uses, WORK)
  const read = parseBoundary(made.source, 'triage')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  const answer = ({ tool, class: known, arguments: args }: Use) =>
    startReplay({
      boundary: read.document,
      baseline: null,
      catalogue: [{ name: tool, class: known }],
      environment: 'production',
      now: 0,
    })({ line: 1, tool, arguments: args ?? {}, runId: null, at: null }).decision
  return { ...made, document: read.document, answer }
}

describe('a boundary drafted from use', () => {
  test('names the tools that were used and nothing beside them', () => {
    const { document, answer } = proposed([use('crm.get', {}, { class: READ }), use('crm.get', {}, { class: READ })])
    expect(document.mcp_scopes).toEqual({})
    expect(answer(use('crm.get', {}, { class: READ }))).toBe('allow')
    expect(answer(use('crm.search', {}, { class: READ }))).toBe('forbid')
  })

  test.each<[string, ToolClass | null]>([
    ['cannot be undone', { access: 'write' }],
    ['reaches customers', { access: 'write', reversible: true, audience: 'customer' }],
    ['spends', { access: 'write', reversible: true, spends: true }],
    ['touches production', { access: 'write', reversible: true, production: true }],
    ['nobody has classed', null],
  ])('lets nothing run alone that %s, however often it did', (_, known) => {
    const uses = Array.from({ length: 9 }, () => use('shop.pay', {}, { class: known, was: 'allow' }))
    const { document, answer, source } = proposed(uses)
    expect(document.autonomous).toEqual([])
    expect(answer(use('shop.pay', {}, { class: known }))).toBe('hold')
    expect(source).toMatch(/"shop\.pay" # guess: /)
  })

  test('lists commands as they ran, and leaves words open only after three variants', () => {
    const { document } = proposed([
      bash('npm test'),
      bash('npm test'),
      bash('git status'),
      bash('git diff a'),
      bash('git diff b'),
      bash('git diff c'),
    ])
    expect(document.surfaces?.commands?.autonomous).toEqual(['git diff *', 'git status', 'npm test'])
    expect(proposed([bash('git diff a'), bash('git diff b')]).document.surfaces?.commands?.autonomous).toEqual([
      'git diff a',
      'git diff b',
    ])
  })

  test.each([
    ...[
      'rm -rf build',
      'git push origin main',
      'curl https://example.com',
      'npm publish',
      'sudo ls',
      'echo $(cat x)',
      'python3 -c "1"',
    ],
    ...['npm test && rm x', 'sh -c "rm x"', 'kubectl get pods', 'npm install left-pad', 'node x.js', 'ls > /etc/x'],
  ])('keeps %s for a person', (command) => {
    const { answer } = proposed([bash(command), bash(command), bash('npm test')])
    expect(answer(bash(command))).not.toBe('allow')
    expect(answer(bash('npm test'))).toBe('allow')
  })

  test('covers each command of a line, and the line runs again', () => {
    const { answer } = proposed([bash('npm test && git status | head -5')])
    expect(answer(bash('npm test && git status | head -5'))).toBe('allow')
    expect(answer(bash('npm test && git push'))).toBe('hold')
  })

  test('lists files as they were used, a directory after three, and never one with secrets or outside the workspace', () => {
    const edit = (file: string) => use('claude-code.Edit', { file_path: file, old_string: 'a', new_string: 'b' })
    const { document } = proposed([
      ...['src/a.ts', 'src/b.ts', 'src/lib/c.ts', 'README.md', 'docs/one.md', '.env', 'secrets/id_rsa'].map((file) =>
        edit(`${WORK}/${file}`),
      ),
      edit('/etc/passwd'),
      use('claude-code.Read', { file_path: `${WORK}/package.json` }),
    ])
    expect(document.surfaces?.code?.autonomous).toEqual(['README.md', 'docs/one.md', 'src/**'])
    expect(document.surfaces?.data?.autonomous).toEqual(['package.json'])
  })

  test('allows nothing that was held or forbidden, and gives up what it guessed before it does', () => {
    const uses = [
      ...['a', 'b', 'c'].map((name) => bash(`git diff ${name}`, 'allow')),
      bash('git diff secret-branch', 'hold'),
      bash('git log --all', 'forbid'),
      bash('git log --all', 'allow'),
      use('crm.note', { text: 'a' }, { class: { access: 'write', reversible: true }, was: 'allow' }),
      use('crm.note', { text: 'b' }, { class: { access: 'write', reversible: true }, was: 'hold' }),
    ]
    const { answer, document } = proposed(uses)
    for (const one of uses) if (one.was !== 'allow') expect(answer(one)).not.toBe('allow')
    expect(document.surfaces?.commands?.autonomous).toEqual(['git diff a', 'git diff b', 'git diff c'])
    expect(document.approval_required.map(({ tool }) => tool)).toEqual(['crm.note'])
  })

  test('marks every guess with a comment, and counts them', () => {
    const { source, guesses } = proposed([use('crm.get', {}, { class: READ }), bash('rm x'), use('mail.send')])
    expect(guesses).toBe(4)
    expect(source.split('\n').filter((line) => line.includes('# guess:'))).toHaveLength(4)
  })

  test.each([
    ['a line break and a rule', 'npm test\n  - "rm -rf /"'],
    ['quotes', `git commit -m 'it"s'`],
    ['yaml', 'echo "a: b # c"'],
  ])('reads back whatever a command holds: %s', (_, command) => {
    const { document, answer } = proposed([bash(command)])
    expect(document.autonomous).toEqual([])
    expect(answer(bash('rm -rf /'))).not.toBe('allow')
  })
})
