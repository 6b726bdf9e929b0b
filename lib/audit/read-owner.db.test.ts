import { describe, expect, it } from 'vitest'
import { handOver, takeOver } from '@/lib/agents/hand-over'
import { agentNamed } from '@/lib/agents/read'
import { register } from '@/lib/agents/register'
import { sampleTeam } from '@/lib/agents/testing'
import { parsePublicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { deactivateNow } from '@/lib/people/deactivate'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { readOwner } from './read-owner'
import { readOwnership, readOwnershipAt } from './read-ownership'
import { readStory } from './read-story'

const database = await testDatabase()
const ledger = await testLedger(database)
const noor = await testOrganisation()
const life = lifecycle(database)
const auditor = await testPerson(['auditor'], 'Sanne Achterberg')
const sequence = () => sequenceOnce(database.pools.sequencer, ledger, null)
const tick = () => new Promise((resolve) => setTimeout(resolve, 5))
const READ = { tool: 'crm.get_order', arguments: {} }
const NEVER = { tool: 'crm.delete_all', arguments: {} }

/** An agent somebody really answers for: the first transfer is in the ledger. */
async function ownedBy(owner: Actor) {
  const agent = await governed(database.pools.superuser)
  await give(agent.slug, owner)
  return agent
}
const give = async (slug: string, to: Actor) => {
  await tick()
  await handOver(db(), noor, await agentNamed(db(), slug), to.id)
  await tick()
}
const all = { from: new Date(Date.now() - 86_400_000), to: new Date(Date.now() + 86_400_000) }

describe('what somebody answered for in a period', () => {
  it('is each agent with the stretches between transfers, and what it did in them alone', async () => {
    const [dana, yuki] = [await testPerson([], 'Dana Whitlock'), await testPerson([], 'Yuki Oyelaran')]
    const agent = await ownedBy(dana)
    await life.propose(agent, READ)
    await life.propose(agent, NEVER)
    await give(agent.slug, yuki)
    for (let n = 0; n < 3; n++) await life.propose(agent, READ)
    await give(agent.slug, dana)
    await life.propose(agent, READ)
    await sequence()
    const [hers] = (await readOwner(db(), auditor, dana.id, all)).agents
    expect(hers).toMatchObject({ agent: agent.slug, counts: { allow: 2, hold: 0, forbid: 1 }, more: false })
    expect(hers?.stretches.map(({ ended }) => ended?.to.name ?? null)).toEqual(['Yuki Oyelaran', null])
    const [his] = (await readOwner(db(), auditor, yuki.id, all)).agents
    expect(his).toMatchObject({ counts: { allow: 3, hold: 0, forbid: 0 } })
    expect(his?.stretches).toHaveLength(1)
    // each bound is the very entry: where one ends, the next begins
    expect(his?.stretches[0]?.began.index).toBe(hers?.stretches[0]?.ended?.index)
    expect(his?.stretches[0]?.ended?.index).toBe(hers?.stretches[1]?.began.index)
  })

  it('leaves out what was done outside the period, and agents handed on before it', async () => {
    const [dana, yuki] = [await testPerson(), await testPerson()]
    const agent = await ownedBy(dana)
    await life.propose(agent, READ)
    await tick()
    const from = new Date()
    await tick()
    await life.propose(agent, READ)
    await give(agent.slug, yuki)
    const after = new Date()
    await sequence()
    expect((await readOwner(db(), auditor, dana.id, { from, to: all.to })).agents[0]?.counts.allow).toBe(1)
    expect((await readOwner(db(), auditor, dana.id, { from: after, to: all.to })).agents).toEqual([])
  })

  it('goes on through a deactivation, and ends with the take-over', async () => {
    const [dana, yuki] = [await testPerson(), await testPerson([], 'Yuki Oyelaran')]
    const agent = await ownedBy(dana)
    await deactivateNow(noor.id, dana.id, 'left')
    await tick()
    await life.propose(agent, READ)
    await takeOver(db(), yuki, await agentNamed(db(), agent.slug))
    await sequence()
    const view = await readOwner(db(), auditor, dana.id, all)
    expect(view.account.map(({ kind }) => kind)).toEqual(['person.deactivated'])
    expect(view.agents[0]?.counts.allow).toBe(1)
    expect(view.agents[0]?.stretches[0]?.ended).toMatchObject({
      kind: 'agent.taken_over',
      to: { name: 'Yuki Oyelaran' },
    })
  })

  it('holds what the person decided themselves, and only that', async () => {
    const [dana, bram] = [await testPerson(['analyst']), await testPerson(['analyst'])]
    const agent = await ownedBy(await testPerson())
    const { answer, approvalId, actionId } = await life.held(agent)
    await life.verdict(approvalId, answer.digest, dana, 'approve', 'seen the tree')
    await sequence()
    const acts = (await readOwner(db(), auditor, dana.id, all)).acts
    expect(acts).toMatchObject([{ kind: 'approval.approved', agent: agent.slug, action: answer.id }])
    expect(parsePublicId('action', acts[0]?.action ?? '')).toBe(actionId)
    expect((await readOwner(db(), auditor, bram.id, all)).acts).toEqual([])
  })

  it('is for readers of the record, and for the person', async () => {
    const [dana, other] = [await testPerson(), await testPerson()]
    await expect(readOwner(db(), other, dana.id, all)).rejects.toMatchObject({ code: 'not_found' })
    expect((await readOwner(db(), dana, dana.id, all)).person.id).toBe(dana.id)
  })
})

describe('two hops from an entry', () => {
  it('end at the owner as of then, by the entry that says so, with every transfer since', async () => {
    const [dana, yuki, bram] = [await testPerson(), await testPerson(), await testPerson()]
    const { id, slug } = await transaction(async (tx) =>
      register(
        tx,
        dana,
        {
          slug: `walked-${Date.now()}`,
          purpose: 'Walked from',
          teamId: await sampleTeam(database.pools.superuser),
          environment: 'test',
          reviewDate: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
        } as never,
        new Date(),
      ),
    )
    await give(slug, yuki)
    await tick()
    const between = new Date().toISOString()
    await tick()
    await give(slug, bram)
    await sequence()
    const [registered, toYuki, toBram] = await readOwnership(db(), id)
    expect([registered?.kind, toYuki?.owner.id, toBram?.owner.id]).toEqual(['agent.registered', yuki.id, bram.id])
    const asOf = await readOwnershipAt(db(), id, { index: null, at: between })
    expect(asOf.then).toEqual(toYuki)
    expect(asOf.since).toEqual([toBram])
    // by place, an entry right before a transfer belongs to who answered before it
    const byPlace = await readOwnershipAt(db(), id, { index: toYuki?.index ?? null, at: between })
    expect(byPlace.then).toEqual(registered)
  })

  it('are part of an action’s story, whoever answers for the agent today', async () => {
    const [dana, yuki] = [await testPerson([], 'Dana Whitlock'), await testPerson([], 'Yuki Oyelaran')]
    const agent = await ownedBy(dana)
    const answer = await life.propose(agent, READ)
    await give(agent.slug, yuki)
    await sequence()
    const { owner } = await readStory(db(), auditor, answer.id)
    expect(owner.then?.id).toBe(dana.id)
    expect(owner.proof).toMatchObject({ kind: 'agent.handed_over', owner: { id: dana.id } })
    expect(owner.since.map(({ owner: to }) => to.id)).toEqual([yuki.id])
  })
})
