import { describe, expect, test } from 'vitest'
import { diffBaselines } from '@/lib/boundary/diff'
import { parseBaseline } from '@/lib/boundary/parse'
import type { JsonObject } from '@/lib/core/json'
import { evaluate } from './evaluate'
import { baselineOf, boundaryOf, factsFor } from './testing'

const FLOOR = `
surfaces:
  workspace: /home/dev/app
  commands: {never: ["rm *"], approval_required: [git push]}
  code: {never: [".github/**"]}
  data: {never: [secrets]}
`
function asked(tool: string, args: JsonObject, floor = FLOOR) {
  const document = boundaryOf(
    'agent: coder\nautonomous: [claude-code.Bash, claude-code.Edit, claude-code.Read]\nnever: [x]',
  )
  const facts = factsFor(document, tool, { baseline: { version: 1, digest: '', document: baselineOf(floor) } })
  const { decision, reason } = evaluate({ ...facts, action: { tool, arguments: args, resource: null } })
  return [decision, reason.code, reason.rule]
}
const bash = (command: string) => asked('claude-code.Bash', { command })

describe('the surfaces of the baseline', () => {
  test('forbid and hold commands in every agent, wherever they stand in a line', () => {
    expect(bash('npm test')).toEqual(['allow', 'autonomous', 'autonomous[0]'])
    expect(bash('npm test; timeout 5 sh -c "rm -rf x"')).toEqual([
      'forbid',
      'baseline',
      'baseline.surfaces.commands.never[0]',
    ])
    expect(bash('git push origin x')).toEqual([
      'hold',
      'approval_required',
      'baseline.surfaces.commands.approval_required[0]',
    ])
  })

  test('hold a command that hides what it runs', () => {
    expect(bash('$(echo rm) -rf x')).toEqual(['hold', 'approval_required', 'baseline.surfaces.commands'])
  })

  test('forbid files, read, changed, or named by a command', () => {
    expect(asked('claude-code.Edit', { file_path: '/home/dev/app/.github/x.yml' })).toEqual([
      'forbid',
      'baseline',
      'baseline.surfaces.code.never[0]',
    ])
    expect(asked('claude-code.Read', { file_path: '/home/dev/app/.env' })[2]).toBe('baseline.surfaces.data.never[0]')
    expect(bash('cat .env')[2]).toBe('baseline.surfaces.data.never[0]')
    expect(asked('claude-code.Read', { file_path: '/etc/hosts' })[0]).toBe('allow')
  })

  test('grant nothing', () => {
    expect(parseBaseline('surfaces: {commands: {autonomous: [npm test]}}')).toMatchObject({
      ok: false,
      errors: [{ path: 'surfaces.commands.autonomous' }],
    })
    expect(parseBaseline('surfaces: {tools: {never: [x]}}')).toMatchObject({ ok: false })
  })

  test('are compared entry by entry: one more is narrower, one less wider', () => {
    const less = baselineOf(FLOOR.replace('"rm *"', ''))
    const directions = (before: string, after: string) =>
      diffBaselines(baselineOf(before), baselineOf(after)).map(({ direction, subject }) => [direction, subject])
    expect(diffBaselines(less, baselineOf(FLOOR)).map(({ direction }) => direction)).toEqual(['narrower'])
    expect(directions(FLOOR, '')).toContainEqual(['wider', 'rm *'])
    expect(directions('', 'surfaces: {commands: {never: ["rm *"]}}')).toEqual([['narrower', 'rm *']])
  })
})
