import { describe, expect, test } from 'vitest'
import { answersOf } from './answers'
import type { Boundary } from './boundary'
import { diffBoundaries } from './diff'
import { parseBoundary } from './parse'
import { reachOf, reachSentence, sentenceText } from './reach'

function doc(commands: string): Boundary {
  const parsed = parseBoundary(`agent: coder\n${commands}`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}
const faults = (commands: string) => {
  const parsed = parseBoundary(`agent: coder\n${commands}`)
  return parsed.ok ? [] : parsed.errors.map(({ line, path, code }) => [line, path, code])
}
const listed = (lists: string) => doc(`surfaces: {commands: {${lists}}}`)

describe('surfaces in a boundary', () => {
  test('are read, every list of them', () => {
    expect(listed('autonomous: [npm test, "git diff *"], never: ["rm *"]').surfaces).toEqual({
      commands: { workspace: null, autonomous: ['npm test', 'git diff *'], approval_required: [], never: ['rm *'] },
    })
  })

  test('leave no trace where nobody wrote them, so that what was signed before keeps its digest', () => {
    expect(doc('')).not.toHaveProperty('surfaces')
  })

  test('tell every fault with its place', () => {
    expect(faults('surfaces: {files: {}}')).toEqual([[2, 'surfaces.files', 'unknown_key']])
    expect(faults('surfaces:\n  commands:\n    never: [a]\n    nevr: [b]')).toEqual([
      [5, 'surfaces.commands.nevr', 'unknown_key'],
    ])
    expect(faults('surfaces:\n  commands:\n    autonomous:\n      - npm test; ls\n      - "git * x"')).toEqual([
      [5, 'surfaces.commands.autonomous[0]', 'invalid_command'],
      [6, 'surfaces.commands.autonomous[1]', 'invalid_command'],
    ])
    expect(faults('surfaces: {commands: {never: [a, a]}}')).toEqual([
      [2, 'surfaces.commands.never[1]', 'duplicate_entry'],
    ])
    for (const workspace of ['app', '/', '/a/../b', '~/a', '/a*'])
      expect(faults(`surfaces: {commands: {workspace: "${workspace}"}}`), workspace).toEqual([
        [2, 'surfaces.commands.workspace', 'invalid_name'],
      ])
  })
})

describe('a change of the commands', () => {
  const changes = (before: Boundary, after: Boundary) =>
    diffBoundaries(before, after, [], { before: 90, after: 90 }).map(({ direction, section, subject }) => [
      direction,
      section.replace('surfaces.commands', '…'),
      subject,
    ])
  const from = listed('autonomous: [npm test], approval_required: [git push], never: ["rm *"]')

  test('widens with one more that runs alone, or one less that does not', () => {
    expect(changes(from, listed('autonomous: [npm test, ls], approval_required: [], never: []'))).toEqual([
      ['wider', '….autonomous', 'ls'],
      ['wider', '….approval_required', 'git push'],
      ['wider', '….never', 'rm *'],
    ])
  })

  test('narrows the other way round', () => {
    expect(changes(from, listed('approval_required: [git push, npm ci], never: ["rm *", "dd *"]'))).toEqual([
      ['narrower', '….autonomous', 'npm test'],
      ['narrower', '….approval_required', 'npm ci'],
      ['narrower', '….never', 'dd *'],
    ])
  })

  test('widens where lists begin or end, or the workspace is another', () => {
    expect(changes(doc(''), listed('never: [a]'))).toEqual([
      ['wider', '…', 'commands'],
      ['narrower', '….never', 'a'],
    ])
    expect(changes(listed(''), doc(''))).toEqual([['wider', '…', 'commands']])
    expect(changes(listed('workspace: /a'), listed('workspace: /b'))).toEqual([['wider', '…', 'workspace']])
    expect(changes(listed('workspace: /a'), listed(''))).toEqual([['narrower', '…', 'workspace']])
  })

  test('of an approval on a shell counts as wider where a list could then let a command through', () => {
    const held = doc('approval_required: [claude-code.Bash]\nsurfaces: {commands: {autonomous: [npm test]}}')
    expect(changes(held, listed('autonomous: [npm test]'))).toEqual([
      ['wider', 'approval_required', 'claude-code.Bash'],
    ])
  })
})

test('commands are part of what people are told a boundary reaches', () => {
  const document = listed('autonomous: [npm test], never: ["rm *"]')
  const said = sentenceText(reachSentence(reachOf(document, [])))
  expect(said).toContain('run “npm test” in a shell')
  expect(said).toContain('A person is asked before any other command')
  expect(said).toContain('Never: the command “rm *”')
  expect(said).not.toContain('Nothing it does alone')
  expect(answersOf(document, []).map(({ subject, answer }) => [subject, answer])).toEqual([
    ['npm test', 'allow'],
    ['rm *', 'forbid'],
    ['any other command', 'hold'],
  ])
})
