import { describe, expect, test } from 'vitest'
import type { JsonObject } from '@/lib/core/json'
import type { CatalogueTool } from '@/lib/tools/tool'
import { evaluate } from './evaluate'
import { boundaryOf, factsFor } from './testing'

const SOURCE = `
agent: coder
surfaces:
  commands:
    workspace: /home/dev/app
    autonomous: [npm test, "git diff *", "ls *"]
    approval_required: [git push]
    never: ["rm *"]
`
const BASH = 'claude-code.Bash'
function asked(
  command: JsonObject[string],
  { source = SOURCE, tool = BASH, rest = {}, known = null as CatalogueTool | null } = {},
) {
  const facts = factsFor(boundaryOf(source), tool, { tool: known })
  return evaluate({ ...facts, action: { ...facts.action, arguments: { command, ...rest } } })
}

describe('the commands of a shell', () => {
  test('run alone where the list covers all of them, and each entry is told', () => {
    const answer = asked('npm test && git diff --stat')
    expect(answer.decision).toBe('allow')
    expect(answer.reasons.map(({ code, rule }) => [code, rule])).toEqual([
      ['autonomous', 'surfaces.commands.autonomous[0]'],
      ['autonomous', 'surfaces.commands.autonomous[1]'],
    ])
  })

  test('wait where one of them is not listed, and the reason names it', () => {
    const answer = asked('npm test; node x.js')
    expect(answer).toMatchObject({
      decision: 'hold',
      reason: { code: 'approval_required', rule: 'surfaces.commands', detail: 'node x.js: it is not on the list.' },
    })
  })

  test('wait by the entry that says so', () => {
    expect(asked('git push origin x').reasons.map(({ rule }) => rule)).toContain(
      'surfaces.commands.approval_required[0]',
    )
  })

  test('are forbidden where one part is never, whatever stands around it', () => {
    expect(asked('npm test; timeout 5 sh -c "rm -rf x"')).toMatchObject({
      decision: 'forbid',
      reason: { code: 'never', rule: 'surfaces.commands.never[0]', detail: 'rm -rf x.' },
    })
  })

  test('show what is hostile in them as data: one line, cut, every invisible character spelled out', () => {
    const { reason } = asked(`evil \u202e${'x'.repeat(500)}\nls`)
    expect(reason.detail).not.toMatch(/[\u202e\n]/)
    expect(reason.detail).toContain('U+202E')
    expect((reason.detail ?? '').length).toBeLessThan(200)
  })

  test('are read where the call says it runs', () => {
    expect(asked('ls /home/dev/app/src', { rest: { cwd: '/home/dev/app/lib' } }).decision).toBe('allow')
    expect(asked('npm test', { rest: { cwd: '/tmp/evil' } }).decision).toBe('hold')
    expect(asked('npm test', { rest: { workdir: '../evil' } }).decision).toBe('hold')
    expect(asked('npm test', { rest: { cwd: 7 } }).decision).toBe('hold')
    expect(asked('npm test', { rest: { cwd: 'lib', workdir: '/tmp/evil' } }).decision).toBe('hold')
  })

  test('wait beside an argument nobody said anything about, unless it is off', () => {
    expect(asked('npm test', { rest: { description: 'Runs the tests', timeout: 5 } }).decision).toBe('allow')
    expect(asked('npm test', { rest: { dangerouslyDisableSandbox: false } }).decision).toBe('allow')
    expect(asked('npm test', { rest: { dangerouslyDisableSandbox: true } }).decision).toBe('hold')
    expect(asked('npm test', { rest: { env: { PATH: '/tmp' } } }).decision).toBe('hold')
  })

  test('are judged as words where a tool sends words', () => {
    expect(asked(['npm', 'test']).decision).toBe('allow')
    expect(asked(['bash', '-lc', 'npm test; rm x']).decision).toBe('forbid')
    expect(asked(['npm', 7]).decision).toBe('hold')
    for (const command of [null, 7, true, {}, [], '']) expect(asked(command).decision).toBe('hold')
  })
})

describe('what else the boundary says of a shell', () => {
  test('forbids and holds all the same', () => {
    expect(asked('npm test', { source: `${SOURCE}never: [Bash]` }).decision).toBe('forbid')
    expect(asked('npm test', { source: `${SOURCE}approval_required: [Bash]` }).decision).toBe('hold')
  })

  test('lets nothing more run alone', () => {
    const source = `${SOURCE}mcp_scopes: {claude-code: [read, write]}\nautonomous: [{tool: claude-code.Bash, override: yes}]`
    expect(asked('node x.js', { source }).decision).toBe('hold')
    expect(asked('rm x', { source }).decision).toBe('forbid')
  })

  test('a class that calls for a person does not hold a listed command, and is told with one that waits', () => {
    const known: CatalogueTool = { name: BASH, class: { access: 'write', audience: 'external' } }
    expect(asked('npm test', { known }).decision).toBe('allow')
    expect(asked('node x.js', { known }).reasons.map(({ code }) => code)).toEqual([
      'approval_required',
      'external',
      'irreversible',
    ])
  })

  test('without a list, is all there is', () => {
    const source = 'agent: coder\nautonomous: [claude-code.Bash]'
    expect(asked('node x.js; rm -rf x', { source }).decision).toBe('allow')
    expect(asked('npm test', { source: 'agent: coder' }).reason.code).toBe('out_of_scope')
  })
})

describe('another shell', () => {
  const known: CatalogueTool = { name: 'box.exec', class: null, executes: true }

  test('is judged by the list where its server is in scope or it is named', () => {
    for (const more of ['mcp_scopes: {box: [read]}', 'autonomous: [box.exec]'])
      expect(asked('npm test', { source: `${SOURCE}${more}`, tool: 'box.exec', known }).decision).toBe('allow')
    expect(asked('rm x', { source: `${SOURCE}mcp_scopes: {box: [read]}`, tool: 'box.exec', known }).decision).toBe(
      'forbid',
    )
  })

  test('stays out of scope on a server nobody mentioned', () => {
    expect(asked('npm test', { tool: 'box.exec', known }).reason.code).toBe('out_of_scope')
  })

  test('is none where the catalogue does not say so', () => {
    const source = `${SOURCE}mcp_scopes: {box: [read]}`
    expect(asked('npm test', { source, tool: 'box.exec' }).reason.code).toBe('unclassified_tool')
  })
})
