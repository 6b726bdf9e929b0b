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
import { readExplorer } from './read-explorer'
import { readOpen } from './read-open'
import { proveEntry } from './read-proof'
import { readStory } from './read-story'
import { PAGE_ROWS } from './row'
import { parseTerms } from './term-parse'
import { EVERYTHING } from './view-address'
import { rangeOf } from './view-range'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
testSessions()
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })
const auditor = await testPerson(['auditor'])

async function propose(agent: Governed, tool: string, more: Partial<Parameters<Decider['decide']>[1]> = {}) {
  const decided = await decider.decide(agent.caller, { tool, arguments: {}, ...more })
  if (!('answer' in decided)) throw new Error('a replay without a key')
  return decided.answer
}
const sequence = () => sequenceOnce(pools.sequencer, ledger, null)

const explore = (actor: typeof auditor, q: string, page: { before?: string; after?: string } = {}) => {
  const read = parseTerms(q)
  if (!read.ok) throw new Error(read.problems[0].says)
  const now = new Date()
  const view = { terms: read.terms, range: rangeOf(EVERYTHING.span, now) }
  return readExplorer(actor, view, { before: page.before ?? null, after: page.after ?? null }, now)
}
const rowsOf = (found: Awaited<ReturnType<typeof explore>>) => found.page?.rows ?? []

describe('what the audit page reads', () => {
  it('is newest first, with its bars and what it has in common, all under one filter', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, 'crm.get_order')
    await propose(agent, 'crm.delete_all')
    await propose(agent, 'crm.delete_all')
    const all = await explore(auditor, `agent:${agent.slug}`)
    expect(rowsOf(all).map((row) => row.outcome)).toEqual(['forbid', 'forbid', 'allow'])
    const forbidden = await explore(auditor, `agent:${agent.slug} outcome:forbid`)
    expect(rowsOf(forbidden)).toHaveLength(2)
    expect(rowsOf(forbidden)[0]).toMatchObject({
      kind: 'action.decided',
      agent: agent.slug,
      tool: 'crm.delete_all',
      reason: 'never',
      actor: { kind: 'agent' },
    })
    expect(forbidden.bars?.buckets.reduce((sum, { counts }) => sum + (counts.forbid ?? 0), 0)).toBe(2)
    expect(forbidden.facets?.fields.reason).toEqual([{ value: 'never', count: 2 }])
  })

  it('pages by key, both ways, without losing or doubling an entry', async () => {
    const agent = await governed(pools.superuser)
    for (let n = 0; n < PAGE_ROWS + 30; n += 1) await propose(agent, 'crm.get_order')
    const first = await explore(auditor, `agent:${agent.slug}`)
    expect(rowsOf(first)).toHaveLength(PAGE_ROWS)
    expect(first.page?.newer).toBeNull()
    const second = await explore(auditor, `agent:${agent.slug}`, { before: first.page?.older ?? '' })
    expect(rowsOf(second)).toHaveLength(30)
    expect(second.page?.older).toBeNull()
    const ids = [...rowsOf(first), ...rowsOf(second)].map((row) => row.id)
    expect(new Set(ids).size).toBe(PAGE_ROWS + 30)
    const back = await explore(auditor, `agent:${agent.slug}`, { after: second.page?.newer ?? '' })
    expect(rowsOf(back).map((row) => row.id)).toEqual(rowsOf(first).map((row) => row.id))
  })

  it('says when something last matched where nothing does, and whether anything ever was', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, 'crm.get_order')
    const now = new Date()
    const hour = (from: number) => new Date(now.getTime() + from * 3_600_000)
    const terms = parseTerms(`agent:${agent.slug}`)
    const view = { terms: terms.ok ? terms.terms : [], range: { from: hour(-3), to: hour(-2) } }
    const empty = await readExplorer(auditor, view, { before: null, after: null }, hour(1))
    expect(rowsOf(empty)).toEqual([])
    expect(Date.parse(empty.newest ?? '')).toBeGreaterThan(hour(-1).getTime())
    expect(empty.never).toBe(false)
    expect(await explore(await testPerson([]), '')).toMatchObject({ never: true, newest: null, page: { rows: [] } })
  })

  it('shows an owner without a role what is about their agents, and nothing else, also where an entry is opened by its id', async () => {
    const [mine, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    await propose(mine, 'crm.get_order')
    await propose(other, 'crm.get_order')
    await sequence()
    const owner = await signedInAs(mine.personId)
    const own = await explore(owner, '')
    expect(rowsOf(own).length).toBeGreaterThan(0)
    expect(rowsOf(own).every((row) => row.agent === mine.slug)).toBe(true)
    expect(own.facets?.fields.agent.map(({ value }) => value)).toEqual([mine.slug])
    expect((await explore(owner, `agent:${other.slug}`)).unknown).toMatchObject([{ field: 'agent', value: other.slug }])
    const entry = rowsOf(own)[0]?.id ?? ''
    const foreign = rowsOf(await explore(auditor, `agent:${other.slug}`))[0]?.id ?? ''
    expect(await readOpen(db(), owner, entry)).toMatchObject({ is: 'entry', story: { agent: { slug: mine.slug } } })
    expect(await readOpen(db(), owner, foreign)).toEqual({ is: 'missing', id: foreign })
    expect(await readOpen(db(), auditor, foreign)).toMatchObject({ is: 'entry' })
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
  it('names the tile that is gone, and holds no more', async () => {
    const agent = await governed(pools.superuser)
    const { id } = await propose(agent, 'crm.get_order')
    await sequence()
    const index = (await readStory(db(), auditor, id)).proof?.index ?? -1
    const { rows } = await pools.superuser.query('SELECT level, n, hashes FROM ledger.tile WHERE level = 0 AND n = 0')
    const tile = rows[0] as { level: number; n: string; hashes: Buffer }
    await pools.superuser.query(
      'ALTER TABLE ledger.tile DISABLE TRIGGER USER; DELETE FROM ledger.tile WHERE level = 0 AND n = 0',
    )
    expect((await proveEntry(db(), index))?.inclusion).toMatchObject({ holds: false, missing: '0/0' })
    await pools.superuser.query('INSERT INTO ledger.tile VALUES ($1, $2, $3)', [tile.level, tile.n, tile.hashes])
    expect((await proveEntry(db(), index))?.inclusion).toMatchObject({ holds: true, missing: null })
  })

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
