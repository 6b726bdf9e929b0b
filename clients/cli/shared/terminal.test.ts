import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run as boundary } from '../boundary'
import { command } from './command'
import { EXITS } from './exits'
import { shown } from './terminal'
import { Trouble } from './trouble'
import { runVerb } from './verb'

const HOSTILE = '\u001b]0;pwned\u0007\u001b[2J\u009b2J\r\u202e\u200b'
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}]/u
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-terminal-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

async function said(run: typeof boundary, ...args: string[]) {
  let all = ''
  const write = (text: string) => void (all += text)
  const raw: Buffer[] = []
  const exit = await run(args, { out: write, error: write, raw: (_, bytes) => void raw.push(bytes) }, {})
  return { exit, all, raw: Buffer.concat(raw).toString() }
}
const verbOf = (act: 'says' | 'notes' | 'fails' | 'answers' | 'passes') =>
  runVerb({
    name: 'try',
    summary: 'tries',
    commands: [
      command({
        summary: 'tries',
        options: {},
        examples: [],
        run: (_, { say, note, terminal }) => {
          if (act === 'says') say(HOSTILE)
          if (act === 'notes') note(HOSTILE)
          if (act === 'fails') throw new Trouble(HOSTILE)
          if (act === 'passes') void terminal.raw?.('out', Buffer.from(HOSTILE))
          return { exit: EXITS.done, result: { said: HOSTILE }, ...(act === 'answers' && { text: HOSTILE }) }
        },
      }),
    ],
  })

describe('the terminal', () => {
  it.each(['says', 'notes', 'fails', 'answers'] as const)('obeys nothing that a command %s', async (act) => {
    const { all } = await said(verbOf(act))
    expect(all).toContain('\\u001b]0;pwned\\u0007\\u001b[2J\\u009b2J\\u000d\\u202e\\u200b')
    expect(all).not.toMatch(OBEYED)
  })

  it('obeys no line for programs either, which stays the same document', async () => {
    const { all } = await said(verbOf('answers'), '--json')
    expect(all).not.toMatch(OBEYED)
    expect(JSON.parse(all)).toMatchObject({ said: HOSTILE })
  })

  it('passes on what a command that was run says, as it is', async () => {
    expect((await said(verbOf('passes'))).raw).toBe(HOSTILE)
  })

  it('shows what is to be seen as it is, lines and tabs too', () => {
    expect(shown('a\tb\nc – “d” 界 é 👍\n')).toBe('a\tb\nc – “d” 界 é 👍\n')
  })

  it('obeys no key of a boundary that is checked', async () => {
    const file = path.join(folder, 'hostile.yaml')
    writeFileSync(file, 'agent: a\npurpose: b\n"\\e]0;pwned\\a\\e[2J": 1\n')
    const { exit, all } = await said(boundary, 'check', file)
    expect(exit).toBe(1)
    expect(all).toContain('pwned')
    expect(all).not.toMatch(OBEYED)
  })
})
