import { describe, expect, it } from 'vitest'
import { parsePublicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { claimGrant } from '@/lib/decisions/claim'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { recordOutcome } from '@/lib/decisions/outcome'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson, testSessions } from '@/lib/people/testing'
import { protectResource } from '@/lib/resources/protect'
import { reportVersion } from '@/lib/resources/report-version'
import { contentDigest } from '@/lib/resources/version'
import { readResource } from './read-resource'

const database = await testDatabase()
await testLedger(database)
testSessions()
const life = lifecycle(database)
const [ilse, dana, auditor] = [
  await testPerson(['ciso']),
  await testPerson(['analyst'], 'Dana Whitlock'),
  await testPerson(['auditor']),
]
const owner = await testPerson([], 'Priya Lindholm')

let n = 0
async function world() {
  const name = `DR-${(n += 1)}`
  const [agent, siem] = [await governed(database.pools.superuser), await governed(database.pools.superuser)]
  const about = { type: 'detection_rule', name }
  await protectResource(db(), ilse, {
    ...about,
    title: 'Beacon',
    kind: 'detection_rule',
    ownerId: owner.id,
    reporter: siem.slug,
    contentAt: 'content',
    digest: null,
  })
  const propose = (content: string) =>
    life.held(agent, {
      tool: 'crm.note',
      arguments: { content },
      resource: { type: about.type, id: name },
      on_behalf_of: { type: 'user', id: 'yuki@x.example' },
      tested_against: [{ data: 'October', result: '11 of 11', passed: true }],
    })
  const carryOut = async (content: string) => {
    const { answer, approvalId, actionId } = await propose(content)
    await life.verdict(approvalId, answer.digest, dana, 'approve', 'read it')
    const claimed = await claimGrant(life.context, agent.caller, actionId)
    await transaction((tx) =>
      recordOutcome(
        tx,
        agent.agentId,
        actionId,
        { grant: claimed.grant?.token ?? '', status: 'succeeded' },
        new Date(),
      ),
    )
    return answer.id
  }
  const report = (content: string) =>
    transaction((tx) =>
      reportVersion(tx, siem.agentId, about, { digest: contentDigest({ content }, 'content') ?? '' }, new Date()),
    )
  const read = (actor = auditor) => readResource(db(), actor, about, new Date())
  return { agent, name, propose, carryOut, report, read }
}

describe('the page of a protected resource', () => {
  it('says who proposed each change, for whom, tested against what, and who approved it with which words', async () => {
    const { agent, carryOut, propose, read } = await world()
    const approved = await carryOut('v2')
    const refused = await propose('v3')
    await life.verdict(refused.approvalId, refused.answer.digest, dana, 'reject', 'too wide')
    const { changes } = await read()
    expect(changes.map(({ action, status }) => [action, status])).toEqual([
      [refused.answer.id, 'rejected'],
      [approved, 'succeeded'],
    ])
    expect(changes[1]).toMatchObject({
      agent: agent.slug,
      requester: { id: 'yuki@x.example', proof: 'asserted' },
      testedAgainst: [{ data: 'October', result: '11 of 11', passed: true }],
      verdicts: [{ person: { name: 'Dana Whitlock' }, answer: 'approve', reason: 'read it' }],
      digest: contentDigest({ content: 'v2' }, 'content'),
    })
  })

  it('says that what is in force matches, differs, or cannot be known', async () => {
    const { carryOut, propose, report, read } = await world()
    expect((await read()).standing.state).toBe('unknown')
    const action = await carryOut('v2')
    await report('v2')
    expect((await read()).standing).toMatchObject({ state: 'matches', action })
    const { answer } = await propose('v3')
    await report('v3')
    expect((await read()).standing).toMatchObject({ state: 'differs', action: answer.id })
    await report('by hand')
    expect((await read()).standing).toMatchObject({ state: 'differs', action: null })
  })

  it('does not compare with what was erased, and shows that it was', async () => {
    const { carryOut, report, read } = await world()
    const action = await carryOut('v2')
    await report('v2')
    await database.pools.jobs.query('DELETE FROM ledger.payload WHERE entry_id = $1', [parsePublicId('action', action)])
    const { standing, changes } = await read()
    expect(changes[0]).toMatchObject({ said: 'erased', digest: null, testedAgainst: [] })
    expect(standing).toMatchObject({ state: 'unknown' })
    expect(standing.says).toMatch(/erased/)
  })

  it('is paged by key without losing or doubling a change', async () => {
    const { name, agent, read } = await world()
    for (let each = 0; each < 35; each += 1)
      await life.propose(agent, {
        tool: 'crm.note',
        arguments: { each },
        resource: { type: 'detection_rule', id: name },
      })
    const first = await read()
    const second = await readResource(
      db(),
      auditor,
      { type: 'detection_rule', name, before: first.older ?? '' },
      new Date(),
    )
    const ids = [...first.changes, ...second.changes].map(({ action }) => action)
    expect([first.changes.length, second.changes.length, new Set(ids).size]).toEqual([30, 5, 35])
  })

  it('is for readers of the record and for who answers for it, and for nobody else', async () => {
    const { read } = await world()
    expect((await read(owner)).resource.title).toBe('Beacon')
    await expect(read(await testPerson())).rejects.toMatchObject({ code: 'not_found' })
  })
})
