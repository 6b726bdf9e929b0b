import { describe, expect, it } from 'vitest'
import { Decider } from '@/lib/decisions/decide'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { answerAction } from '@/lib/decisions/answer'
import { parsePublicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import { signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { isProven } from './proof'
import { countNew, readAudit } from './read'
import { proveEntry } from './read-proof'
import { readStory } from './read-story'
import { PAGE_ROWS } from './row'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
testSessions()
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })
const auditor = await testPerson(['auditor'])

async function propose(agent: Governed, tool: string, more: Partial<Parameters<Decider['decide']>[1]> = {}) {
  const decided = await decider.decide(agent.caller, { tool, arguments: {}, ...more })
  if ('replay' in decided) throw new Error('a replay without a key')
  return decided.answer
}
const sequence = () => sequenceOnce(pools.sequencer, ledger, null)

describe('the list', () => {
  it('is newest first, and filtered by agent and outcome together', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, 'crm.get_order')
    await propose(agent, 'crm.delete_all')
    await propose(agent, 'crm.delete_all')
    const all = await readAudit(db(), auditor, { agent: agent.slug })
    expect(all.page.rows.map((row) => row.outcome)).toEqual(['forbid', 'forbid', 'allow'])
    expect(all.agents).toContain(agent.slug)
    const forbidden = await readAudit(db(), auditor, { agent: agent.slug, outcome: 'forbid' })
    expect(forbidden.page.rows).toHaveLength(2)
    expect(forbidden.page.rows[0]).toMatchObject({
      kind: 'action.decided',
      agent: agent.slug,
      tool: 'crm.delete_all',
      reason: 'never',
      actor: { kind: 'agent' },
    })
  })

  it('is paged by key, both ways, without losing or doubling an entry', async () => {
    const agent = await governed(pools.superuser)
    for (let n = 0; n < PAGE_ROWS + 30; n += 1) await propose(agent, 'crm.get_order')
    const first = await readAudit(db(), auditor, { agent: agent.slug })
    expect(first.page.rows).toHaveLength(PAGE_ROWS)
    expect(first.page.newer).toBeNull()
    const second = await readAudit(db(), auditor, { agent: agent.slug, before: first.page.older ?? '' })
    expect(second.page.rows).toHaveLength(30)
    expect(second.page.older).toBeNull()
    const ids = [...first.page.rows, ...second.page.rows].map((row) => row.id)
    expect(new Set(ids).size).toBe(PAGE_ROWS + 30)
    expect(ids).toEqual(ids.toSorted().toReversed())
    const back = await readAudit(db(), auditor, { agent: agent.slug, after: second.page.newer ?? '' })
    expect(back.page.rows.map((row) => row.id)).toEqual(first.page.rows.map((row) => row.id))
  })

  it('counts what has come since, under the same filter', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, 'crm.get_order')
    const { page } = await readAudit(db(), auditor, { agent: agent.slug })
    const newest = page.rows[0]?.id ?? ''
    await propose(agent, 'crm.get_order')
    await propose(agent, 'crm.delete_all')
    await propose(await governed(pools.superuser), 'crm.get_order')
    expect(await countNew(db(), auditor, { agent: agent.slug }, newest)).toEqual({ count: 2, more: false })
    expect(await countNew(db(), auditor, { agent: agent.slug, outcome: 'forbid' }, newest)).toMatchObject({ count: 1 })
  })

  it('shows an owner without a role what is about their agents, and nothing else', async () => {
    const [mine, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    await propose(mine, 'crm.get_order')
    await propose(other, 'crm.get_order')
    const owner = await signedInAs(mine.personId)
    const { page, agents } = await readAudit(db(), owner, {})
    expect(agents).toEqual([mine.slug])
    expect(page.rows.length).toBeGreaterThan(0)
    expect(page.rows.every((row) => row.agent === mine.slug)).toBe(true)
    expect(await readAudit(db(), owner, { agent: other.slug })).toMatchObject({
      unknownAgent: true,
      page: { rows: [] },
    })
    const nobody = await testPerson([])
    expect(await readAudit(db(), nobody, {})).toMatchObject({ any: false, page: { rows: [] } })
  })
})

describe('one action’s story', () => {
  it('tells who asked, by which rule of which signed version, who approved in which words, and who answered for it then', async () => {
    const agent = await governed(pools.superuser)
    const held = await propose(agent, 'edr.isolate_host', {
      arguments: { host: 'fin-lt-0442' },
      reasoning: { summary: 'Beaconing', skill: 'contain' },
      on_behalf_of: { type: 'user', id: 'rota' },
    })
    const analyst = await testPerson(['analyst'], 'Bram Castellane')
    await transaction((tx) =>
      answerAction(tx, {
        approvalId: parsePublicId('approval', held.approval?.id ?? ''),
        actor: analyst,
        answer: 'approve',
        reason: 'Matches the report.',
        digest: Buffer.from(held.digest.slice('sha256:'.length), 'hex'),
        now: new Date(),
      }),
    )
    await pools.superuser.query('UPDATE agent SET owner_id = $1 WHERE id = $2', [auditor.id, agent.agentId])
    await sequence()
    const story = await readStory(db(), auditor, held.id)
    expect(story).toMatchObject({
      status: 'approved',
      frozen: false,
      asked: {
        tool: 'edr.isolate_host',
        known: true,
        said: 'open',
        requester: { id: 'rota', proof: 'asserted' },
        arguments: { host: 'fin-lt-0442' },
        reasoning: { skill: 'contain' },
      },
      decided: {
        decision: 'hold',
        reasons: [{ code: 'approval_required', rule: 'approval_required[0]' }],
        boundary: { version: 1, signer: { name: 'Ilse Brandt' } },
        digest: held.digest,
      },
      approval: {
        status: 'approved',
        verdicts: [{ person: { name: 'Bram Castellane' }, answer: 'approve', reason: 'Matches the report.' }],
      },
    })
    expect(story.owner.then?.name).toBe('Yuki Oyelaran')
    expect(story.owner.now.name).toBe(auditor.name)
    expect(story.entries.map(({ kind }) => kind)).toEqual(['action.decided', 'approval.approved'])
  })

  it('is told of what was forbidden, too, and of nothing to somebody who may not read it', async () => {
    const agent = await governed(pools.superuser)
    const { id } = await propose(agent, 'crm.delete_all')
    expect(await readStory(db(), auditor, id)).toMatchObject({
      status: 'forbidden',
      approval: null,
      outcome: null,
      decided: { decision: 'forbid', reasons: [{ code: 'never', rule: 'never[0]' }] },
    })
    await expect(readStory(db(), await testPerson([]), id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a proof', () => {
  it('holds for every entry under a checkpoint, and not once the bytes were changed', async () => {
    const agent = await governed(pools.superuser)
    const { id } = await propose(agent, 'crm.get_order')
    expect((await readStory(db(), auditor, id)).proof).toBeNull()
    await sequence()
    const story = await readStory(db(), auditor, id)
    const index = story.proof?.index ?? -1
    const proof = await proveEntry(db(), index)
    expect(proof && isProven(proof)).toBe(true)
    const uuid = parsePublicId('action', id)
    await pools.superuser.query(`ALTER TABLE ledger.entry DISABLE TRIGGER USER`)
    await pools.superuser.query(
      `UPDATE ledger.entry SET envelope = convert_to(replace(convert_from(envelope, 'UTF8'), '"allow"', '"hold"'), 'UTF8') WHERE id = $1`,
      [uuid],
    )
    const broken = await proveEntry(db(), index)
    expect(broken?.leaf.holds).toBe(false)
    expect(broken?.inclusion.holds).toBe(false)
    expect(broken?.checkpoint.holds).toBe(true)
  })

  it('is none beyond the end of the log', async () => {
    expect(await proveEntry(db(), 1_000_000)).toBeNull()
  })
})
