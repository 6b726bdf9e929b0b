import { expect, test } from 'vitest'
import type { CatalogueTool } from '@/lib/tools/tool'
import { DECISIONS } from './decision'
import { evaluate } from './evaluate'
import { BOUNDARY, READ } from './gate-testing'
import { ROUNDS, seeded, someFacts } from './random-testing'
import { boundaryOf, factsFor } from './testing'

const ask = (tool: string, known: Partial<CatalogueTool>, boundary = BOUNDARY, args = {}) => {
  const facts = factsFor(boundary, tool, { tool: { name: tool, class: null, ...known } })
  return evaluate({ ...facts, action: { ...facts.action, arguments: args } })
}
const held = { decision: 'hold', reason: { code: 'unclassified_tool', rule: 'catalogue.changed' } }

test('a tool that changed holds where it ran alone: in its scope, named under autonomous, with an override, on a list', () => {
  expect(ask('crm.get', { class: READ })).toMatchObject({ decision: 'allow' })
  expect(ask('crm.get', { class: READ, changed: true })).toMatchObject(held)
  expect(ask('files.purge_cache', {})).toMatchObject({ decision: 'allow' })
  expect(ask('files.purge_cache', { changed: true })).toMatchObject(held)
  expect(ask('web.fetch', { class: { access: 'read', audience: 'external' } })).toMatchObject({ decision: 'allow' })
  expect(ask('web.fetch', { class: { access: 'read', audience: 'external' }, changed: true })).toMatchObject(held)
  const shell = boundaryOf(
    `agent: builder\nmcp_scopes: {box: [read, write]}\nsurfaces: {commands: {autonomous: [npm test], never: [git push]}}\n`,
  )
  const exec = { class: null, surface: 'commands', executes: true } as const
  expect(ask('box.exec', exec, shell, { command: 'npm test' })).toMatchObject({ decision: 'allow' })
  expect(ask('box.exec', { ...exec, changed: true }, shell, { command: 'npm test' })).toMatchObject(held)
  expect(ask('box.exec', { ...exec, changed: true }, shell, { command: 'git push' })).toMatchObject({
    decision: 'forbid',
  })
})

test('a change never loosens: whatever a tool was refused, it is refused changed, and nothing is allowed', () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const facts = someFacts(seeded(round))
    const tool = facts.tool ?? { name: facts.action.tool, class: null }
    const before = evaluate({ ...facts, tool })
    const after = evaluate({ ...facts, tool: { ...tool, changed: true } })
    expect(DECISIONS.indexOf(after.decision), `round ${round}`).toBeGreaterThanOrEqual(
      DECISIONS.indexOf(before.decision),
    )
    // where a boundary only observes, holds are told and not enforced
    if (after.observed === undefined) expect(after.decision, `round ${round}`).not.toBe('allow')
  }
})
