import { expect, it } from 'vitest'
import { parseBoundary } from '@/lib/boundary/parse'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleBoundary, sampleTool } from '@/lib/decisions/governed-testing'
import { HOLD, lifecycle, READ } from '@/lib/decisions/lifecycle-testing'
import { testLedger } from '@/lib/ledger/testing'
import { parsePublicId } from '@/lib/core/ids'
import { draftFromUse } from './draft-from-use'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { propose } = lifecycle(database)
const CATALOGUE = [
  { name: 'crm.get_order', class: { access: 'read' as const } },
  { name: 'edr.isolate_host', class: { access: 'write' as const, reversible: true } },
]
const none = () => Promise.resolve(new Set<string>())

it('drafts from the log what an agent did alone, what it asked for, and the commands it ran', async () => {
  await sampleTool(pools.superuser, 'crm.get_order', 'read')
  const agent = await governed(pools.superuser, {
    ...sampleBoundary(),
    surfaces: { commands: { workspace: null, autonomous: ['npm test', 'ls'], approval_required: [], never: [] } },
  })
  await propose(agent, READ)
  await propose(agent, READ)
  await propose(agent, HOLD)
  await propose(agent, { tool: 'crm.delete_all', arguments: {} })
  await propose(agent, { tool: 'claude-code.Bash', arguments: { command: 'npm test' } })
  const hidden = await propose(agent, { tool: 'claude-code.Bash', arguments: { command: 'ls' } })
  await propose(agent, { tool: 'claude-code.Bash', arguments: { command: 'git push' } })
  const withheld = () => Promise.resolve(new Set([parsePublicId('action', hidden.id)]))
  const of = { id: agent.agentId, slug: agent.slug }
  const made = await draftFromUse(pools.app, of, 30, CATALOGUE, withheld, new Date(Date.now() + 1_000))
  const read = parseBoundary(made.source, agent.slug)
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  expect(read.document.autonomous.map(({ tool }) => tool)).toEqual(['crm.get_order'])
  expect(read.document.approval_required.map(({ tool }) => tool)).toEqual(['edr.isolate_host'])
  expect(read.document.surfaces?.commands?.autonomous).toEqual(['npm test'])
  expect(made.answers).toMatchObject({ allow: 3 })
  expect(made.source).not.toContain('ls')
  const all = await draftFromUse(pools.app, of, 30, CATALOGUE, none, new Date(Date.now() + 1_000))
  expect(all.source).toContain('"ls"')
})

it('says that nothing was used where nothing was', async () => {
  const agent = await governed(pools.superuser)
  const made = await draftFromUse(pools.app, { id: agent.agentId, slug: agent.slug }, 30, [], none, new Date())
  expect(made).toMatchObject({ uses: 0, answers: { allow: 0, hold: 0, forbid: 0 }, whole: true })
  expect(parseBoundary(made.source, agent.slug).ok).toBe(true)
})
