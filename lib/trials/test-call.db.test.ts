import { describe, expect, test } from 'vitest'
import { sampleAgent, samplePerson } from '@/lib/agents/testing'
import { draft } from '@/lib/boundary/draft'
import { sign } from '@/lib/boundary/sign'
import type { Governed } from '@/lib/boundary/subject'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testInput } from './contract'
import { testCall } from './test-call'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const pool = database.pools.superuser
const now = new Date()
const ciso = { id: await samplePerson(pool, ['ciso'], 'Ilse Tamm') }
const sample = await sampleAgent(pool)
const agent: Governed = { id: sample.agentId, slug: sample.slug, ownerId: sample.personId, state: 'active' }
const SIGNED = `agent: ${agent.slug}\napproval_required:\n  - crm.refund\nnever:\n  - crm.wipe\n`
const DRAFT = `agent: ${agent.slug}\nautonomous:\n  - tool: crm.refund\n    when: args.amount < 50\nnever:\n  - crm.wipe\n`

const ask = (source: string, more: Record<string, unknown> = {}) =>
  testCall(db, agent.slug, testInput.parse({ source, tool: 'crm.refund', arguments: '{"amount": 20}', ...more }), now)

describe('a call tried on a draft', () => {
  test('before anything is signed is compared with nothing', async () => {
    const answer = await ask(DRAFT)
    expect(answer.inForce).toBeNull()
    expect(answer.draft.decision).toBe('allow')
  })

  test('is decided beside the version in force, each with every rule looked at', async () => {
    const { version, digest } = await transaction((tx) =>
      draft(tx, { id: agent.ownerId }, agent, { source: SIGNED, note: '' }, now),
    )
    await sign(db, ciso, agent, version, { digest, statement: 'read' }, now)
    const answer = await ask(DRAFT)
    expect(answer).toMatchObject({
      tool: 'crm.refund',
      draft: { decision: 'allow', reasons: [{ code: 'autonomous', rule: 'autonomous[0]' }] },
      inForce: { version: 1, decision: 'hold', reasons: [{ code: 'approval_required', rule: 'approval_required[0]' }] },
    })
    expect(answer.draft.looked.find(({ rule }) => rule === 'never[0]')).toMatchObject({ outcome: 'not' })
  })

  test('whose condition is not met is held or forbidden as the gate would', async () => {
    const { draft: tested } = await ask(DRAFT, { arguments: '{"amount": 70}' })
    expect(tested.decision).toBe('forbid')
    expect(tested.looked.find(({ rule }) => rule === 'autonomous[0]')).toMatchObject({ outcome: 'not' })
  })

  test('in a run with untrusted content asks a person', async () => {
    expect((await ask(DRAFT, { tainted: true })).draft).toMatchObject({ decision: 'hold' })
  })

  test('after the boundary has lapsed is contained', async () => {
    const at = new Date(now.getTime() + 91 * 86_400_000).toISOString()
    expect((await ask(DRAFT, { at })).draft.reasons).toMatchObject([{ code: 'boundary_expired' }])
  })

  test('names what cannot be read: the text by line, the arguments by place', async () => {
    await expect(ask('agent: x\nnevr: []\n')).rejects.toMatchObject({ code: 'invalid_boundary' })
    await expect(ask(DRAFT, { arguments: '{"a": 1, "a": 2}' })).rejects.toMatchObject({ field: 'arguments' })
    await expect(ask(DRAFT, { arguments: '[]' })).rejects.toMatchObject({ field: 'arguments' })
  })

  test('leaves no trace', async () => {
    const count = async () => (await pool.query<{ n: string }>('SELECT count(*) AS n FROM ledger.entry')).rows[0]?.n
    const before = await count()
    await ask(DRAFT)
    expect(await count()).toBe(before)
  })
})
