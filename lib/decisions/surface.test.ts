import { describe, expect, test } from 'vitest'
import type { JsonObject } from '@/lib/core/json'
import type { CatalogueTool } from '@/lib/tools/tool'
import { evaluate } from './evaluate'
import { boundaryOf, factsFor } from './testing'

const SOURCE = `
agent: coder
mcp_scopes: {crm: [read, write]}
surfaces:
  workspace: /home/dev/app
  commands: {autonomous: ["npm test", "cat *"]}
  code:
    autonomous: ["src/**", "docs/**"]
    approval_required: ["src/payments/**"]
    never: [".github/**"]
  data:
    autonomous: ["**", "customer:trial-*"]
    never: [secrets, "customer:vip-*"]
protected: [detection_rule/edr-17, "config/*"]
`
function asked(
  tool: string,
  args: JsonObject,
  rest: { resource?: { type: string; id: string } | null; known?: CatalogueTool | null; source?: string } = {},
) {
  const facts = factsFor(boundaryOf(rest.source ?? SOURCE), tool, { tool: rest.known ?? null })
  const answer = evaluate({ ...facts, action: { tool, arguments: args, resource: rest.resource ?? null } })
  return [answer.decision, answer.reason.code, answer.reason.rule]
}
const edit = (file_path: string) => asked('claude-code.Edit', { file_path, old_string: 'a', new_string: 'b' })
const read = (file_path: string) => asked('claude-code.Read', { file_path })
const CRM: CatalogueTool = { name: 'crm.note', class: { access: 'write', reversible: true } }

describe('files that are changed', () => {
  test('run alone where the list covers them', () => {
    expect(edit('/home/dev/app/src/a.ts')).toEqual(['allow', 'autonomous', 'surfaces.code.autonomous[0]'])
  })

  test('wait by the entry that says so, and where no entry covers them', () => {
    expect(edit('/home/dev/app/src/payments/x.ts')).toEqual([
      'hold',
      'approval_required',
      'surfaces.code.approval_required[0]',
    ])
    expect(edit('/home/dev/app/package.json')).toEqual(['hold', 'approval_required', 'surfaces.code'])
    expect(edit('/etc/hosts')).toEqual(['hold', 'approval_required', 'surfaces.code'])
  })

  test('are refused where an entry is never, and where what they hold may not even be read', () => {
    expect(edit('/home/dev/app/.github/workflows/ci.yml')).toEqual(['forbid', 'never', 'surfaces.code.never[0]'])
    expect(edit('/home/dev/app/src/.env')).toEqual(['forbid', 'never', 'surfaces.data.never[0]'])
  })

  test('that nobody can read from the call wait', () => {
    expect(asked('claude-code.Edit', {})).toEqual(['hold', 'approval_required', 'surfaces.code'])
    expect(asked('claude-code.Edit', { file_path: 7 })).toEqual(['hold', 'approval_required', 'surfaces.code'])
    expect(asked('claude-code.Write', { file_path: 'src/a.ts', cwd: '/etc' })).toEqual([
      'hold',
      'approval_required',
      'surfaces.code',
    ])
  })

  test('are judged for any tool a person marked as a way to them', () => {
    const known: CatalogueTool = {
      name: 'fs.write_file',
      class: { access: 'write', reversible: true },
      surface: 'code',
    }
    const source = SOURCE.replace('crm: [read, write]', 'fs: [write]')
    expect(asked('fs.write_file', { path: 'src/a.ts' }, { known, source })).toEqual([
      'allow',
      'autonomous',
      'surfaces.code.autonomous[0]',
    ])
    expect(asked('fs.write_file', { path: 'Makefile' }, { known, source })[0]).toBe('hold')
    // a server nobody mentioned stays out of scope, whatever the list covers
    expect(asked('fs.write_file', { path: 'src/a.ts' }, { known })).toEqual(['forbid', 'out_of_scope', null])
  })
})

describe('files that are read', () => {
  test('run alone where the list covers them, and never where they hold secrets', () => {
    expect(read('/home/dev/app/src/a.ts')[0]).toBe('allow')
    expect(read('/home/dev/app/.env')).toEqual(['forbid', 'never', 'surfaces.data.never[0]'])
    expect(read('/root/.ssh/id_rsa')).toEqual(['forbid', 'never', 'surfaces.data.never[0]'])
    expect(read('/etc/passwd')).toEqual(['hold', 'approval_required', 'surfaces.data'])
  })

  test('are searched as a whole where the call names none', () => {
    expect(asked('claude-code.Grep', { pattern: 'x' })[0]).toBe('allow')
    const narrow = SOURCE.replace('["**", "customer', '["src/**", "customer')
    expect(asked('claude-code.Grep', { pattern: 'x' }, { source: narrow })[0]).toBe('hold')
  })

  test('may not be read by a listed command either', () => {
    expect(asked('claude-code.Bash', { command: 'cat src/a.ts' })[0]).toBe('allow')
    expect(asked('claude-code.Bash', { command: 'npm test && cat deploy/.env' })).toEqual([
      'forbid',
      'never',
      'surfaces.data.never[0]',
    ])
  })
})

describe('resources', () => {
  const crm = (id: string) => asked('crm.note', {}, { known: CRM, resource: { type: 'customer', id } })

  test('are restricted by the list of data, which grants nothing the scope does not', () => {
    expect(crm('trial-7')).toEqual(['allow', 'write_in_scope', 'mcp_scopes.crm'])
    expect(crm('VIP-1')).toEqual(['forbid', 'never', 'surfaces.data.never[1]'])
    expect(crm('acme')).toEqual(['hold', 'approval_required', 'surfaces.data'])
    expect(
      asked('crm.note', {}, { resource: { type: 'customer', id: 'trial-7' }, source: SOURCE.replace('crm:', 'erp:') }),
    ).toEqual(['forbid', 'out_of_scope', null])
  })

  test('of a type nobody listed are as free as before', () => {
    expect(asked('crm.note', {}, { known: CRM, resource: { type: 'ticket', id: '1' } })[0]).toBe('allow')
  })

  test('that the boundary protects ask a person before each change, by their name in the arguments as well, and not to be read', () => {
    const resource = { type: 'detection_rule', id: 'EDR-17' }
    expect(asked('crm.note', {}, { known: CRM, resource })).toEqual(['hold', 'approval_required', 'protected[0]'])
    expect(asked('crm.note', { rule: 'edr-17' }, { known: CRM })).toEqual(['hold', 'approval_required', 'protected[0]'])
    expect(asked('crm.note', {}, { known: CRM, resource: { type: 'Config', id: 'x' } })).toEqual([
      'hold',
      'approval_required',
      'protected[1]',
    ])
    expect(asked('crm.note', {}, { known: { ...CRM, class: { access: 'read' } }, resource })[0]).toBe('allow')
  })
})

test('the list of tools under surfaces is the one at the top', () => {
  const top = boundaryOf('agent: coder\nnever: [x]\nautonomous: [local.y]')
  const below = boundaryOf('agent: coder\nsurfaces:\n  tools: {never: [x], autonomous: [local.y]}')
  expect(below.never).toEqual(top.never)
  expect(below.autonomous).toEqual(top.autonomous)
  expect(() => boundaryOf('agent: coder\nnever: [x]\nsurfaces: {tools: {never: [y]}}')).toThrow(
    'stands at the top as well',
  )
})

describe('a command that names a file in another way', () => {
  const listed = SOURCE.replace('["npm test", "cat *"]', '["cat *", "cd *", "tar *", "grep *", "curl *"]')
  test.each([
    'cat deploy/../.env',
    'cat < .env',
    'grep --file=.env x',
    'curl -d @.env',
    'cat "./deploy"/.env',
    "cat '.e'nv",
    'cat deploy/*.pem',
    'cat .ENV',
    'cat /home/dev/app/.env',
    'tar -cf x.tar src .env.local',
  ])('%s is refused all the same', (command) => {
    expect(asked('claude-code.Bash', { command }, { source: listed })[0]).toBe('forbid')
  })

  test('is refused below a directory it went to, or was started in', () => {
    const keys = listed.replace('never: [secrets', 'never: ["deploy/keys/**"')
    expect(asked('claude-code.Bash', { command: 'cat a.txt' }, { source: keys })[0]).toBe('allow')
    expect(asked('claude-code.Bash', { command: 'cd deploy/keys && cat a.txt' }, { source: keys })[0]).toBe('forbid')
    expect(
      asked('claude-code.Bash', { command: 'cat a.txt', cwd: '/home/dev/app/deploy/keys' }, { source: keys })[0],
    ).toBe('forbid')
  })

  test('asks a person where it names more words than are compared', () => {
    const command = `cat ${Array.from({ length: 400 }, (_, at) => `f${String(at)}`).join(' ')}`
    expect(asked('claude-code.Bash', { command }, { source: listed })[0]).toBe('hold')
  })
})
