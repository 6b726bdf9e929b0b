import { describe, expect, it } from 'vitest'
import { ACTION_KINDS, kindsOf, obligationsOf, type Sorted } from './kinds'

const action = (tool: string, args: unknown = {}, more: Partial<Sorted> = {}): Sorted => ({
  tool,
  class: null,
  surface: null,
  arguments: args,
  resource: null,
  ...more,
})
const write = { access: 'write' } as const

describe('the kinds of an action', () => {
  it.each([
    ['an edit', action('claude-code.Edit', { file_path: 'src/a.ts', old_string: 'a', new_string: 'b' }, { surface: 'code' }), 'code any'],
    ['an edit of a workflow', action('claude-code.Write', { file_path: '.github/workflows/ci.yml' }, { surface: 'code' }), 'code configuration infrastructure any'],
    ['an edit of a detection', action('local.write', { path: 'detections/vpn.yar', content: 'x' }, { surface: 'code' }), 'code detection any'],
    ['a merge on a host of code', action('github.merge_pull_request', { number: 7 }), 'code any'],
    ['a merge of customers', action('crm.merge_customer', { id: 7 }), 'any'],
    ['a rule of a SIEM', action('siem.update_rule', { name: 'VPN' }), 'detection any'],
    ['a restart', action('k8s.rollout_restart', {}), 'infrastructure any'],
    ['a row', action('erp.delete_record', {}), 'data any'],
    ['a mail by its arguments', action('crm.do', { to: 'a@b.example', body: 'Hi' }), 'message any'],
    ['money by its class', action('erp.approve', {}, { class: { access: 'write', spends: true } }), 'payment any'],
    ['money by its arguments', action('erp.do', { amount: 5, iban: 'X' }), 'payment any'],
    ['a right', action('okta.add_user_to_group', {}), 'access any'],
    ['a shell', action('claude-code.Bash', { command: 'npm test' }, { surface: 'commands' }), 'command any'],
    ['a commit', action('claude-code.Bash', { command: 'git -C /x commit -m "x"' }, { surface: 'commands' }), 'code command any'],
    ['a look at commits', action('claude-code.Bash', { command: 'git log --grep commit' }, { surface: 'commands' }), 'command any'],
    ['an edit in place', action('claude-code.Bash', { command: 'sed -i s/a/b/ x' }, { surface: 'commands' }), 'code command any'],
    ['a file of code written by a shell', action('claude-code.Bash', { command: 'cat <<E > src/a.py\nx\nE' }, { surface: 'commands' }), 'code command any'],
    ['a shell that writes a log', action('claude-code.Bash', { command: 'npm test > out.log 2>/dev/null' }, { surface: 'commands' }), 'command any'],
    ['a shell that grants', action('claude-code.Bash', { command: 'chmod 777 /srv' }, { surface: 'commands' }), 'command access any'],
    ['a patch under any name', action('local.thing', { diff: '-a\n+b' }), 'code any'],
    ['a read', action('github.get_commit', {}, { class: { access: 'read' } }), 'any'],
  ])('of %s are told', (_, given, kinds) => {
    expect(kindsOf(given).join(' ')).toBe(kinds)
  }) // prettier-ignore

  it('come in one order, each once, and always end with any', () => {
    const given = action('github.merge_branch', { to: 'x', body: 'y', amount: 1, iban: 'z', diff: '-', path: 'a.sql' })
    const kinds = kindsOf(given)
    expect(kinds).toEqual(ACTION_KINDS.filter((kind) => kinds.includes(kind)))
    expect(new Set(kinds).size).toBe(kinds.length)
    expect(kinds.at(-1)).toBe('any')
  })

  it.each([null, 'text', 7, [], { command: { nested: true } }, { path: [1, null] }, { file_path: 'a'.repeat(1e6) }])(
    'are told of arguments however odd',
    (odd) => {
      expect(kindsOf(action('x.y', odd))).toContain('any')
    },
  )
})

describe('the review of a change', () => {
  const edit = action('claude-code.Edit', { file_path: 'a.ts' }, { surface: 'code', class: write })

  it('is owed by a change of code that was allowed, and by no other answer', () => {
    expect(obligationsOf('allow', edit)).toEqual(['code_review'])
    expect(obligationsOf('hold', edit)).toEqual([])
    expect(obligationsOf('forbid', edit)).toEqual([])
  })

  it('is not owed by what changes no code', () => {
    expect(obligationsOf('allow', action('crm.note', { text: 'x' }, { class: write }))).toEqual([])
    expect(obligationsOf('allow', action('claude-code.Read', { path: 'a.ts' }, { surface: 'data' }))).toEqual([])
  })
})
