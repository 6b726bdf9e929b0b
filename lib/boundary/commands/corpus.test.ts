import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Commands } from '../boundary'
import { compileBoundary } from '../compile'
import { parseBoundary } from '../parse'
import { type CommandVerdict, judgeCommand } from './judge'
import { readCommand } from './walk'

const read = (name: string) => readFileSync(path.resolve(import.meta.dirname, 'corpus', name), 'utf8')
const parsed = parseBoundary(read('list.yaml'))
if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
const lists = compileBoundary(parsed.document).commands
if (lists === null) throw new Error('the list has no commands')

const answerOf = ({ never, approval_required: asks, autonomous }: CommandVerdict) =>
  never.length > 0 ? 'forbid' : asks.length > 0 || autonomous === null ? 'hold' : 'allow'
const judge = (text: string) => judgeCommand(readCommand(text, { cwd: null, workspace: null }), lists)

/** Lines of a corpus: the answer, the command (⏎ is a new line, ␉ a tab), and why. */
const corpus = (name: string) =>
  read(name)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [answer = '', command = '', why = ''] = line.split('\t')
      return { answer, command: command.replaceAll('⏎', '\n').replaceAll('␉', '\t'), why }
    })

describe('the corpus of evasions', () => {
  const evasions = corpus('evasions.tsv')

  test('is large, and every line of it is another one', () => {
    expect(evasions.length).toBeGreaterThanOrEqual(150)
    expect(new Set(evasions.map(({ command }) => command)).size).toBe(evasions.length)
  })

  test.each(evasions)('$why is never allowed: $command', ({ answer, command }) => {
    expect(['hold', 'forbid']).toContain(answer)
    expect(answerOf(judge(command))).toBe(answer)
  })
})

describe('the corpus of ordinary commands', () => {
  const ordinary = corpus('ordinary.tsv')

  test('is large, and most of it goes through', () => {
    expect(ordinary.length).toBeGreaterThanOrEqual(150)
    expect(ordinary.filter(({ answer }) => answer === 'allow').length).toBeGreaterThanOrEqual(150)
  })

  test.each(ordinary)('$command: $answer ($why)', ({ answer, command }) => {
    expect(answerOf(judge(command))).toBe(answer)
  })
})

describe('over everything in both', () => {
  const all = [...corpus('evasions.tsv'), ...corpus('ordinary.tsv')]
  const listed = parsed.document.surfaces?.commands as Commands

  test('the order of entries changes no answer', () => {
    const turned = compileBoundary({
      ...parsed.document,
      surfaces: {
        commands: {
          ...listed,
          autonomous: listed.autonomous.toReversed(),
          approval_required: listed.approval_required.toReversed(),
          never: listed.never.toReversed(),
        },
      },
    }).commands
    for (const { answer, command } of all) {
      const reading = readCommand(command, { cwd: null, workspace: null })
      expect(turned && answerOf(judgeCommand(reading, turned)), command).toBe(answer)
    }
  })

  test('one more never allows nothing more, whichever it is', () => {
    for (const entry of ['git', 'npm *', 'ls -l', 'bash *', '*']) {
      const more = compileBoundary({
        ...parsed.document,
        surfaces: { commands: { ...listed, never: [...listed.never, entry] } },
      }).commands
      for (const { answer, command } of all) {
        const now = more && answerOf(judgeCommand(readCommand(command, { cwd: null, workspace: null }), more))
        if (answer !== 'allow') expect(now, command).not.toBe('allow')
        if (answer === 'forbid') expect(now, command).toBe('forbid')
      }
    }
  })

  test('what is not allowed is not allowed beside, before, within or behind what is', () => {
    const around = [
      (bad: string) => `npm test; ${bad}`,
      (bad: string) => `npm test && ${bad}`,
      (bad: string) => `(${bad}\n)`,
      (bad: string) => `echo "$(${bad}\n)"`,
      (bad: string) => `if true; then ${bad}\nfi`,
      (bad: string) => `npm test | ${bad}`,
    ]
    for (const { command } of corpus('evasions.tsv')) {
      for (const wrap of around) expect(answerOf(judge(wrap(command))), wrap(command)).not.toBe('allow')
    }
  })

  test('with nothing under autonomous, nothing is allowed', () => {
    const bare = { ...lists, autonomous: [] }
    for (const { command } of all) {
      expect(judgeCommand(readCommand(command, { cwd: null, workspace: null }), bare).autonomous, command).toBeNull()
    }
  })
})
