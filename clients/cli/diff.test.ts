import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from './diff'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-diff-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const at = path.join(folder, name)
  writeFileSync(at, content)
  return at
}

async function diff(...args: string[]) {
  let out = ''
  let error = ''
  const exit = await run(args, { out: (text) => void (out += text), error: (text) => void (error += text) })
  return { exit, out, error }
}

const a = file('a.yaml', 'agent: triage\nmcp_scopes: {crm: [read]}\nnever: [crm.delete]\n')
const b = file(
  'b.yaml',
  '# for the new desk\nagent: triage\nmcp_scopes: {crm: [read, write]}\nnever: [crm.delete, crm.export]\n',
)

describe('npx countersign diff', () => {
  test('says what is wider first, then by section, then the text, and exits as diff does', async () => {
    const { exit, out, error } = await diff(a, b)
    expect({ exit, error }).toEqual({ exit: 1, error: '' })
    const [wider, narrower, section, text] = [
      '+ wider',
      '- narrower',
      'By section',
      '+ mcp_scopes: {crm: [read, write]}',
    ].map((words) => out.indexOf(words))
    expect([wider, narrower, section, text].every((at) => (at ?? -1) >= 0)).toBe(true)
    expect([wider, narrower, section, text]).toEqual(
      [wider, narrower, section, text].toSorted((x, y) => Number(x) - Number(y)),
    )
  })

  test('calls texts that mean the same the same, whatever their comments and order', async () => {
    const same = file('same.yaml', 'never: [crm.delete]\nmcp_scopes:\n  crm: [read] # reads\nagent: triage\n')
    expect(await diff(a, same)).toMatchObject({ exit: 0 })
    expect(JSON.parse((await diff(a, same, '--json')).out)).toEqual({ verb: 'diff', exit: 0, same: true, changes: [] })
  })

  test('--json says each change with its direction', async () => {
    const { out, exit } = await diff(a, b, '--json')
    const { changes } = JSON.parse(out) as { changes: { direction: string; section: string }[] }
    expect(exit).toBe(1)
    expect(changes.map(({ direction, section }) => `${direction} ${section}`)).toEqual([
      'wider mcp_scopes',
      'narrower never',
    ])
  })

  test('compares baselines with baselines alone', async () => {
    const [one, two] = [file('base.yaml', 'never: [crm.delete]\n'), file('base2.yaml', 'purpose: floor\n')]
    expect(await diff(one, two)).toMatchObject({ exit: 1 })
    expect(await diff(one, a)).toMatchObject({ exit: 2, error: expect.stringContaining('baseline') as string })
  })

  test.each([
    ['one file', [a], 'AFTER.yaml'],
    ['a file that is not there', [a, path.join(folder, 'none.yaml')], 'there is no such file'],
    ['a text that cannot be read', [a, file('bad.yaml', 'agent: triage\nnevr: []\n')], 'bad.yaml:2:1'],
    ['an unknown option', [a, b, '--loud'], '--loud'],
  ])('%s is a sentence and exit 2', async (_, args, says) => {
    const { exit, error, out } = await diff(...args)
    expect({ exit, out }).toEqual({ exit: 2, out: '' })
    expect(error).toContain(says)
    expect(error).not.toMatch(/\n\s+at /)
  })
})
