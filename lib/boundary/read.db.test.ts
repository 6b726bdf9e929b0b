import { describe, expect, test } from 'vitest'
import { agentDetail, credentialsOf, ownerChoices, suspendedBy } from '@/lib/agents/read'
import { move } from '@/lib/agents/move'
import { sampleAgent, sampleCredential, samplePerson } from '@/lib/agents/testing'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { headline } from './change'
import { draft } from './draft'
import { compare, governedBy, listBoundaries, versionOf } from './read'
import { reachSentence, sentenceText } from './reach'
import { registry } from './registry'
import { sign } from './sign'
import type { Governed } from './subject'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const pool = database.pools.superuser
const now = new Date()
const ciso = { id: await samplePerson(pool, ['ciso'], 'Ilse Tamm') }

const governed = async (): Promise<Governed> => {
  const sample = await sampleAgent(pool)
  return { id: sample.agentId, slug: sample.slug, ownerId: sample.personId, state: 'active' }
}
const save = (agent: Governed, rest: string, note = '') =>
  transaction((tx) => draft(tx, { id: agent.ownerId }, agent, { source: `agent: ${agent.slug}\n${rest}`, note }, now))
const signed = async (agent: Governed, rest: string) => {
  const { version, digest } = await save(agent, rest)
  await sign(db, ciso, agent, version, { digest, statement: 'read' }, now)
}

describe('comparing a draft with what is in force', () => {
  test('says what it widens and narrows, and the worst before and after', async () => {
    const agent = await governed()
    await signed(agent, 'mcp_scopes:\n  siem: [read]\n  mail: [read]\nlimits:\n  calls_per_hour: 400\n')
    const { version } = await save(
      agent,
      'mcp_scopes:\n  siem: [read, write]\nlimits:\n  calls_per_hour: 250\n',
      'the mail server is not needed',
    )
    const found = await compare(db, agent, await versionOf(db, agent, version), now)
    expect(headline(version, found.changes, found.before === null)).toBe('Version 2 widens one thing and narrows two.')
    expect(found.before?.version).toBe(1)
    expect(found.reach && sentenceText(reachSentence(found.reach.after))).toContain('write at siem')
    expect(found.history).toMatchObject([{ version: 1, signer: 'Ilse Tamm' }])
    expect(found.lapsesAt.getTime() - now.getTime()).toBe(90 * 86_400_000)
  })

  test('of a first version compares with nothing', async () => {
    const agent = await governed()
    const { version } = await save(agent, 'mcp_scopes:\n  siem: [read]\n')
    const found = await compare(db, agent, await versionOf(db, agent, version), now)
    expect(found.before).toBeNull()
    expect(found.reach?.before).toBeNull()
  })

  test('what there is not is not found', async () => {
    await expect(governedBy(db, 'nobody')).rejects.toMatchObject({ code: 'not_found' })
    expect(await governedBy(db, 'baseline')).toBeNull()
    await expect(versionOf(db, null, 99)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('the list of boundaries has a line for the baseline and for every agent that is not retired', async () => {
  const one = await governed()
  const retired = await sampleAgent(pool, 'retired')
  await save(one, 'mcp_scopes:\n  siem: [read]\n', 'needs it')
  const lines = await listBoundaries(db, now)
  expect(lines[0]?.slug).toBe('baseline')
  expect(lines.find(({ slug }) => slug === one.slug)).toMatchObject({
    inForce: null,
    draft: { version: 1, note: 'needs it', changes: [{ direction: 'wider', subject: 'siem' }] },
  })
  expect(lines.some(({ slug }) => slug === retired.slug)).toBe(false)
})

test('the registry says of each agent its boundary, its last decision and what waits', async () => {
  const agent = await governed()
  await signed(agent, 'mcp_scopes:\n  siem: [read]\n')
  // A millisecond apart: two ids of the same one have no order.
  const [first, last] = [newId(Date.now() - 1), newId()]
  for (const [id, outcome] of [
    [first, 'allow'],
    [last, 'hold'],
  ] as const)
    await append(db, {
      id,
      kind: 'action.decided',
      actor: 'agent',
      agent: agent.id,
      outcome,
      reason: 'approval_required',
    })
  await pool.query(
    `INSERT INTO approval (id, kind, subject_id, digest, agent_id, rule, expires_at)
     VALUES ($1, 'action', $2, $3, $4, '{}', now() + interval '1 hour'), ($5, 'action', $2, $3, $4, '{}', now() - interval '1 hour')`,
    [newId(), last, Buffer.alloc(32), agent.id, newId()],
  )
  const row = (await registry(db)).find(({ id }) => id === agent.id)
  expect(row).toMatchObject({
    slug: agent.slug,
    boundary: { version: 1 },
    draft: null,
    last: { id: last, outcome: 'hold', reason: 'approval_required' },
    waiting: 1,
    owner: { active: true },
  })
})

describe('an agent’s page', () => {
  test('names people, and says which credentials work', async () => {
    const sample = await sampleAgent(pool)
    await sampleCredential(pool, sample)
    await sampleCredential(pool, sample, new Date(now.getTime() - 1))
    const detail = await agentDetail(db, sample.slug)
    expect(detail).toMatchObject({
      owner: { name: 'Yuki Oyelaran', active: true },
      registeredBy: { name: 'Yuki Oyelaran' },
      dataAcceptedBy: { name: 'Yuki Oyelaran' },
    })
    const states = (await credentialsOf(db, sample.agentId, now)).map(({ state }) => state)
    expect(states.toSorted()).toEqual(['expired', 'live'])
    expect(await agentDetail(db, 'nobody')).toBeNull()
  })

  test('knows from the ledger who suspended it', async () => {
    const agent = await governed()
    const analyst = { id: await samplePerson(pool, ['analyst']) }
    expect(await suspendedBy(db, agent.id)).toBeNull()
    const detail = await agentDetail(db, agent.slug)
    if (detail) await move(db, analyst, detail, 'suspend', 'loops')
    expect(await suspendedBy(db, agent.id)).toBe(analyst.id)
  })

  test('offers nobody as an owner who is gone or only audits', async () => {
    const auditor = await samplePerson(pool, ['auditor'])
    const owners = (await ownerChoices(db)).map(([id]) => id)
    expect(owners).toContain(ciso.id)
    expect(owners).not.toContain(auditor)
  })
})
