import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../replay'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder, name)
  writeFileSync(at, content)
  return at
}

async function replay(...args: string[]) {
  let out = ''
  let error = ''
  const exit = await run(args, { out: (text) => void (out += text), error: (text) => void (error += text) })
  return { exit, out, error }
}

const boundary = file(
  'b.yaml',
  'agent: support-triage\nmcp_scopes: {crm: [read]}\napproval_required: [refund_request]\n',
)
const catalogue = file('c.jsonl', '{"tool": "crm.get", "class": {"access": "read"}}\n')
const good =
  '{"tool": "crm.get", "arguments": {"id": 1}, "run_id": "r"}\n\n{"tool": "crm.refund_request", "arguments": {}, "at": "2027-03-31T09:30:00Z"}\r\n{"tool": "shop.get", "arguments": {}}'
const trace = file('t.jsonl', good)

describe('npx countersign replay', () => {
  test('--json prints a line per call with its line in the trace', async () => {
    const { exit, out, error } = await replay(trace, '--boundary', boundary, '--catalogue', catalogue, '--json')
    expect({ exit, error }).toEqual({ exit: 0, error: '' })
    expect(out).toBe(
      [
        '{"event":"call","line":1,"decision":"allow","reason":{"code":"read_in_scope","rule":"mcp_scopes.crm"}}',
        '{"event":"call","line":3,"decision":"hold","reason":{"code":"approval_required","rule":"approval_required[0]"}}',
        '{"event":"call","line":4,"decision":"forbid","reason":{"code":"out_of_scope","rule":null}}',
        '{"verb":"replay","exit":0,"calls":3,"allow":1,"hold":1,"forbid":1,"faults":[]}',
        '',
      ].join('\n'),
    )
  })

  test('prints a table for people', async () => {
    const { exit, out } = await replay(trace, '--boundary', boundary, '--catalogue', catalogue)
    expect(exit).toBe(0)
    expect(out).toMatch(/^3 calls decided\n {2}allow {8}1 {3}33\.3 %/)
    expect(out).toMatch(/forbid +1 {2}out_of_scope/)
    expect(out).toMatch(/crm\.refund_request +0 +1 +0/)
  })

  test('without a catalogue nobody knows what a tool does', async () => {
    const { out } = await replay(trace, '--boundary', boundary, '--json')
    expect(out.split('\n')[0]).toContain('"unclassified_tool"')
  })

  test('a bad line is named with its field, the others are decided, and the exit says so', async () => {
    const bad = file(
      'bad.jsonl',
      Buffer.concat([
        Buffer.from(`${good}\n{"tool": "crm.get"}\n`),
        Buffer.from([0xff, 0x0a]),
        Buffer.from(`${'x'.repeat(3_000_000)}\n{"tool": "crm.get", "arguments": {}}`),
      ]),
    )
    const { exit, out, error } = await replay(bad, '--boundary', boundary, '--catalogue', catalogue, '--json')
    expect(exit).toBe(1)
    expect(out.trimEnd().split('\n')).toHaveLength(5)
    expect(out).toContain('"line":8,"decision":"allow"')
    const faults = error.trimEnd().split('\n')
    expect(faults).toHaveLength(3)
    expect(faults[0]).toBe(`${bad}:5: arguments: The arguments are a JSON object; {} when there are none.`)
    expect(faults[1]).toMatch(/:6: The body is not UTF-8\.$/)
    expect(faults[2]).toMatch(/:7: At most 1048576 bytes/)
  })

  test('an empty trace is no calls', async () => {
    const { exit, out } = await replay(file('empty.jsonl', ''), '--boundary', boundary)
    expect(exit).toBe(0)
    expect(out).toMatch(/^0 calls decided/)
  })

  test.each<[string, string[], number, RegExp]>([
    ['no trace', ['--boundary', boundary], 2, /Say TRACE\.jsonl/],
    ['no boundary', [trace], 2, /--boundary FILE, or --send/],
    ['both', [trace, '--boundary', boundary, '--send'], 2, /--boundary FILE, or --send/],
    ['an unknown option', [trace, '--boundry', boundary], 2, /--boundry/],
    [
      'a trace that is not there',
      [path.join(folder, 'none.jsonl'), '--boundary', boundary],
      2,
      /none\.jsonl: there is no such file\.\n$/,
    ],
    ['a trace that is a folder', [folder, '--boundary', boundary], 2, /it is a folder\.\n$/],
    [
      'a boundary that is not there',
      [trace, '--boundary', path.join(folder, 'none.yaml')],
      2,
      /none\.yaml: there is no such file\.\n$/,
    ],
    [
      'a boundary that cannot be read',
      [trace, '--boundary', file('bad.yaml', 'agent: ab\naudit: none\nfoo: 1')],
      2,
      /bad\.yaml:2:8: audit: .*\n.*bad\.yaml:3:1: foo: /,
    ],
    [
      'a catalogue that cannot be read',
      [trace, '--boundary', boundary, '--catalogue', file('bad.c.jsonl', '{}\n')],
      2,
      /bad\.c\.jsonl:1: /,
    ],
    ['no server', [trace, '--send'], 2, /--server http/],
    ['a server that is no URL', [trace, '--send', '--server', 'localhost'], 2, /--server http/],
  ])('%s is one sentence, never a stack', async (_, args, exit, sentence) => {
    const answer = await replay(...args)
    expect(answer.exit).toBe(exit)
    expect(answer.error).toMatch(sentence)
    expect(answer.error).not.toMatch(/\n\s+at /)
    expect(answer.out).toBe('')
  })

  test('--help says how', async () => {
    expect(await replay('--help')).toMatchObject({ exit: 0, error: '' })
  })
})
