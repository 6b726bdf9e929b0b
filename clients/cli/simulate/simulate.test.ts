import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseBoundary } from '@/lib/boundary/parse'
import { run } from '../simulate'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-simulate-'))
const data = process.env['COUNTERSIGN_TEST_DATA']
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const at = path.join(folder, name)
  mkdirSync(path.dirname(at), { recursive: true })
  writeFileSync(at, content)
  return at
}

async function simulate(...args: string[]) {
  let out = ''
  let error = ''
  const exit = await run(args, { out: (text) => void (out += text), error: (text) => void (error += text) })
  return { exit, out, error }
}

const CWD = '/home/dev/app'
const said = (name: string, input: object) =>
  JSON.stringify({
    ...{ type: 'assistant', cwd: CWD, sessionId: 's1', timestamp: '2027-03-31T09:30:00Z' },
    message: {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 't', name, input },
      ],
    },
  })
file(
  'claude/projects/-home-dev-app/s1.jsonl',
  [
    '{"type":"summary","summary":"a day"}',
    said('Bash', { command: 'npm test', description: 'tests' }),
    said('Bash', { command: 'git push --force' }),
    said('Read', { file_path: `${CWD}/src/a.ts` }),
    said('Edit', { file_path: `${CWD}/src/a.ts`, old_string: 'a', new_string: 'b' }),
    said('mcp__crm__refund', { amount: 5 }),
    'half a li',
  ].join('\n'),
)
file(
  'claude/hook.json',
  JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: 'WebFetch', tool_input: { url: 'x' }, cwd: CWD }),
)

describe('npx countersign simulate', () => {
  test('drafts from Claude Code’s transcripts what was used, in the directory it was used in, with every guess marked', async () => {
    const { exit, out, error } = await simulate(
      '--from-claude-code',
      path.join(folder, 'claude'),
      '--agent',
      'dev-desk',
    )
    expect(exit).toBe(0)
    const read = parseBoundary(out, 'dev-desk')
    if (!read.ok) throw new Error(JSON.stringify(read.errors))
    const { surfaces, approval_required: asks, autonomous } = read.document
    expect(autonomous).toEqual([])
    expect(asks.map(({ tool }) => tool)).toEqual(['claude-code.WebFetch', 'crm.refund'])
    expect(surfaces?.commands).toMatchObject({ workspace: CWD, autonomous: ['npm test'] })
    expect(surfaces).toMatchObject({ code: { autonomous: ['src/a.ts'] }, data: { autonomous: ['src/a.ts'] } })
    expect(error).toMatch(/^6 uses: it would allow 3, hold 3 and forbid 0; \d guesses are marked\.\n$/)
  })

  test('says what a draft of it would change over the same transcripts', async () => {
    const { out } = await simulate('--from-claude-code', path.join(folder, 'claude'), '--agent', 'dev-desk')
    const draft = file('draft.yaml', out)
    const answer = await simulate('--from-claude-code', path.join(folder, 'claude'), '--boundary', draft, '--json')
    const { calls, moves } = JSON.parse(answer.out) as { calls: number; moves: object[] }
    expect({ calls, moves }).toEqual({
      calls: 6,
      moves: expect.arrayContaining([
        { was: 'forbid', would: 'allow', count: 3 },
        { was: 'forbid', would: 'hold', count: 3 },
      ]) as object[],
    })
  })

  const trace = file('t.jsonl', '{"tool": "crm.get", "arguments": {}}\n{"tool": "crm.pay", "arguments": {}}\n')
  const catalogue = file(
    'c.jsonl',
    '{"tool": "crm.get", "class": {"access": "read"}}\n{"tool": "crm.pay", "class": {"access": "write", "spends": true}}\n',
  )

  test('compares two boundaries over a trace', async () => {
    const before = file('a.yaml', 'agent: triage\nmcp_scopes: {crm: [read, write]}\n')
    const after = file('b.yaml', 'agent: triage\nnever: [crm.get]\nmcp_scopes: {crm: [read, write]}\n')
    const { exit, out } = await simulate(trace, '--boundary', after, '--against', before, '--catalogue', catalogue)
    expect(exit).toBe(0)
    expect(out).toContain('2 calls, 1 keep their answer')
    expect(out).toContain('line 1: crm.get: allow → forbid (never[0])')
  })

  test('a tool that the catalogue marks as a shell is judged by its command', async () => {
    const shell = file('s.jsonl', '{"tool": "ops.run", "arguments": {"command": "rm -rf build"}}\n')
    const marked = file('m.jsonl', '{"tool": "ops.run", "class": {"access": "write"}, "surface": "commands"}\n')
    const before = file('b1.yaml', 'agent: triage\napproval_required: [ops.run]\n')
    const after = file('b2.yaml', 'agent: triage\napproval_required: [ops.run]\nsurfaces: {commands: {never: [rm]}}\n')
    const { out } = await simulate(shell, '--boundary', after, '--against', before, '--catalogue', marked)
    expect(out).toContain('line 1: ops.run: hold → forbid (surfaces.commands.never[0])')
  })

  test('proposes from a trace with the classes of a catalogue: what spends asks a person', async () => {
    const { out } = await simulate(trace, '--propose', '--agent', 'triage', '--catalogue', catalogue)
    const read = parseBoundary(out, 'triage')
    if (!read.ok) throw new Error(JSON.stringify(read.errors))
    expect(read.document.autonomous.map(({ tool }) => tool)).toEqual(['crm.get'])
    expect(read.document.approval_required.map(({ tool }) => tool)).toEqual(['crm.pay'])
  })

  test.each([
    ['nothing to read', ['--propose'], 2, 'Name one trace'],
    ['two inputs', [trace, '--from-claude-code', folder, '--propose'], 2, 'Name one trace'],
    ['neither a boundary nor a proposal', [trace], 2, '--propose'],
    ['both', [trace, '--propose', '--boundary', 'x'], 2, '--propose'],
    ['a folder that is not there', ['--from-claude-code', path.join(folder, 'none')], 2, 'no such folder'],
    [
      'a line that cannot be read',
      [file('bad.jsonl', '{"tool": "a.b", "arguments": {}}\n{}\n'), '--propose'],
      1,
      'bad.jsonl:2: tool',
    ],
    ['an empty trace', [file('empty.jsonl', ''), '--propose'], 1, 'No call was found'],
  ])('%s is said in a sentence', async (_, args, exit, says) => {
    const answer = await simulate(...args)
    expect(answer.exit).toBe(exit)
    expect(answer.error).toContain(says)
    expect(answer.error).not.toMatch(/\n\s+at /)
  })

  test.skipIf(data === undefined)('reads the hook inputs that a real Claude Code sent', async () => {
    const { exit, out } = await simulate(
      '--from-claude-code',
      path.join(data ?? '', 'claude-code'),
      '--agent',
      'dev-desk',
    )
    expect(exit).toBe(0)
    expect(parseBoundary(out, 'dev-desk').ok).toBe(true)
    expect(out).toContain('"gov.transfer"')
  })
})
