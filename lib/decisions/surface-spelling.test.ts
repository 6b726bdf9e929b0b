import { describe, expect, test } from 'vitest'
import { parseBaseline } from '@/lib/boundary/parse'
import type { JsonObject } from '@/lib/core/json'
import type { CatalogueTool } from '@/lib/tools/tool'
import { evaluate } from './evaluate'
import { boundaryOf, factsFor } from './testing'

const SOURCE = `
agent: coder
mcp_scopes: {fs: [read, write]}
surfaces:
  workspace: /home/dev/app
  code: {autonomous: ["**"], never: [".github/**", "/home/dev/app/vault/**", "café/**", ".ssh"]}
  data: {autonomous: ["**", "customer:trial-*"], never: [secrets, "customer:vip-*", "private/**"]}
`
const NO_CODE = 'agent: coder\nautonomous: [claude-code.Edit]\nsurfaces: {data: {never: ["private/**"]}}'
const READER: CatalogueTool = { name: 'fs.read', class: { access: 'read' }, surface: 'data' }
const MANY = Array.from({ length: 200 }, (_, at) => `src/f${String(at)}.ts`)

function decide(tool: string, args: JsonObject, rest: { known?: CatalogueTool; source?: string; floor?: string } = {}) {
  const facts = factsFor(boundaryOf(rest.source ?? SOURCE), tool, { tool: rest.known ?? null })
  const parsed = rest.floor === undefined ? null : parseBaseline(rest.floor)
  if (parsed !== null && !parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  const baseline = parsed === null ? facts.baseline : { version: 1, digest: '', document: parsed.document }
  return evaluate({ ...facts, baseline, action: { tool, arguments: args, resource: null } }).decision
}
const edit = (file_path: string) => decide('claude-code.Edit', { file_path })

describe('a file that is never changed', () => {
  test.each([
    '.github/workflows/a\nb.yml',
    '.github/workflows/a\u2028.yml',
    '.GITHUB/workflows/ci.yml',
    '../app/.github/x',
    '/HOME/dev/app/.github/x',
    '.github\\workflows\\ci.yml',
    'file:///home/dev/app/.github/x',
    'file:///home/dev/app/%2Egithub/x',
    '.github /x',
    '.github./x',
    ' .github/x',
    '.github/x\0.ts',
    '/../home/dev/app/.github/x',
    'vault/key',
    './vault/../vault/key',
    'cafe\u0301/menu',
    'ｃａｆé/menu',
    'a/.ssh/config',
  ])('is not, written as %j', (path) => {
    expect(edit(path)).toBe('forbid')
  })

  test('is another than one that only looks so: the list covers what it covered', () => {
    for (const path of ['src/a.ts', 'src/.github/x', '/home/dev/app/.githubs/x', 'café']) {
      expect(edit(path), path).toBe(path === 'café' ? 'forbid' : 'allow')
    }
    for (const path of ['/home/dev/app2/a', 'C:\\a', 'a\\b', 'file:a', 'a.', '..'])
      expect(edit(path), path).toBe('hold')
  })
})

describe('a call that hides a file from the lists', () => {
  test.each<JsonObject>([
    { filePath: '.env' },
    { 'file-path': '.env' },
    { file_name: '.env' },
    { uri: 'file:///home/dev/app/.env' },
    { folder: '.ssh' },
    { request: { path: '.env' } },
    { files: [{ path: 'a.ts' }, { path: '.env' }] },
    { path: 'src/a.ts', edits: [{ path: '.env' }] },
    { path: { value: '.env' } },
    { pattern: 'KEY', path: 'src', glob: '.env' },
    { path: 'config', cwd: '.aws' },
  ])('%j is refused', (args) => {
    expect(decide('fs.read', args, { known: READER })).toBe('forbid')
  })

  test('by a key nobody knows asks a person, rather than count as a search of everything', () => {
    expect(decide('fs.read', { thing: '.env' }, { known: READER })).toBe('hold')
    expect(decide('fs.read', { pattern: 'x', head_limit: 3, '-n': true }, { known: READER })).toBe('allow')
  })

  test('behind more paths than are compared asks a person, for what may not be read and for the baseline too', () => {
    const paths = [...MANY, 'private/x']
    expect(decide('claude-code.Edit', { file_path: 'private/x' }, { source: NO_CODE })).toBe('forbid')
    expect(decide('claude-code.Edit', { paths }, { source: NO_CODE })).toBe('hold')
    const floor = 'surfaces: {code: {never: ["private/**"]}}'
    const source = 'agent: coder\nautonomous: [claude-code.Edit]'
    expect(decide('claude-code.Edit', { file_path: 'a' }, { source, floor })).toBe('allow')
    expect(decide('claude-code.Edit', { paths }, { source, floor })).toBe('hold')
    expect(decide('claude-code.Edit', { file_path: 'x', cwd: 'private' }, { source, floor })).toBe('forbid')
  })
})

test('a tool named by its bare name is judged by the lists where its server has an empty scope as well', () => {
  const source = SOURCE.replace('["**"], never', '["src/**"], never')
  const boundary = boundaryOf(`${source}autonomous: [put]`)
  const known: CatalogueTool = { name: 'fs.put', class: { access: 'write', reversible: true }, surface: 'code' }
  const facts = factsFor({ ...boundary, mcp_scopes: { fs: [] } }, 'fs.put', { tool: known })
  const at = (path: string) => evaluate({ ...facts, action: { tool: 'fs.put', arguments: { path }, resource: null } })
  expect(at('src/a.ts').decision).toBe('allow')
  expect(at('Makefile').decision).toBe('hold')
})

describe('a resource', () => {
  const known: CatalogueTool = { name: 'fs.note', class: { access: 'write', reversible: true } }
  const at = (type: string, id: string) => {
    const facts = factsFor(boundaryOf(SOURCE), 'fs.note', { tool: known })
    return evaluate({ ...facts, action: { tool: 'fs.note', arguments: {}, resource: { type, id } } }).decision
  }
  test.each([
    ['Customer ', 'vip-1'],
    ['ｃustomer', 'vip-1'],
    ['customer', ' VIP-1'],
    ['customer', 'vip-1/2'],
    ['customer', 'vip-1/../3'],
    ['customer', 'vip-1\n'],
    ['customer', 'ｖip-1'],
  ])('%j %j is never reached, however it is spelled', (type, id) => {
    expect(at(type, id)).toBe('forbid')
  })

  test('is on the list of what nobody is asked about by its very id alone', () => {
    expect(at('customer', 'trial-7')).toBe('allow')
    for (const id of ['TRIAL-7', 'x/trial-7', ' trial-7']) expect(at('customer', id), id).toBe('hold')
  })
})
