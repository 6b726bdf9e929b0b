import { beforeEach, describe, expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { answerQuestion } from './answer-question'
import { askQuestion } from './ask'
import { governed, type Governed } from './governed-testing'
import { lifecycle } from './lifecycle-testing'
import { readOwn } from './read-own'
import { readRequest } from './read-inbox'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, kinds, publicUrl, verdict } = lifecycle(database)
const [dana, auditor] = [await testPerson(['analyst']), await testPerson(['auditor'])]

let agent: Governed
beforeEach(async () => {
  agent = await governed(pools.superuser)
})
const ask = (approvalId: string, text: string, actor = dana) =>
  transaction((tx) => askQuestion(tx, { approvalId, actor, text, now: new Date() }))
const reply = (actionId: string, text: string, agentId = agent.agentId) =>
  transaction((tx) => answerQuestion(tx, agentId, actionId, { text }, new Date()))
const own = (actionId: string) => readOwn(pools.app, publicUrl(), agent.agentId, actionId, new Date())

describe('a question', () => {
  it('goes to the agent, comes back with its answer, and both are in the ledger; the action goes on waiting', async () => {
    const { answer, actionId, approvalId } = await held(agent)
    await ask(approvalId, 'Which host exactly?')
    expect(await own(actionId)).toMatchObject({ status: 'held', question: { text: 'Which host exactly?' } })
    await reply(actionId, 'fin-lt-0442, see ticket 7')
    expect(await own(actionId)).toMatchObject({ status: 'held', question: null })
    const { questions } = await readRequest(db(), dana, answer.approval!.id, new Date())
    expect(questions).toMatchObject([
      { by: dana.name, text: 'Which host exactly?', answer: 'fin-lt-0442, see ticket 7' },
    ])
    expect(await kinds(actionId)).toEqual(['action.decided', 'approval.asked', 'approval.answered'])
  })

  it('stands alone: the next is asked when it was answered, also where two ask at once', async () => {
    const { actionId, approvalId } = await held(agent)
    const both = await Promise.allSettled([ask(approvalId, 'a?'), ask(approvalId, 'b?', await testPerson(['analyst']))])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'already_exists' } })
    await reply(actionId, 'yes')
    await expect(ask(approvalId, 'c?')).resolves.toHaveProperty('id')
  })

  it('keeps no secret that slipped into it or into its answer', async () => {
    const { answer, actionId, approvalId } = await held(agent)
    const secret = `${['gh', 'p_'].join('')}${'a1B2'.repeat(9)}`
    await ask(approvalId, `Is it ${secret}?`)
    await reply(actionId, `It is ${secret}.`)
    const { questions } = await readRequest(db(), dana, answer.approval!.id, new Date())
    expect(JSON.stringify(questions)).not.toContain(secret)
  })

  it('is asked by nobody who could not answer the request, and of nothing that does not wait', async () => {
    const { answer, actionId, approvalId } = await held(agent)
    await expect(ask(approvalId, 'a?', auditor)).rejects.toMatchObject({ code: 'not_permitted' })
    await verdict(approvalId, answer.digest, dana, 'reject', 'no')
    await expect(ask(approvalId, 'a?')).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(reply(actionId, 'x')).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('is answered by its own agent alone, once, and never changes', async () => {
    const { actionId, approvalId } = await held(agent)
    await expect(reply(actionId, 'x')).rejects.toMatchObject({ code: 'wrong_state' })
    await ask(approvalId, 'a?')
    const other = await governed(pools.superuser)
    await expect(reply(actionId, 'x', other.agentId)).rejects.toMatchObject({ code: 'not_found' })
    await reply(actionId, 'x')
    await expect(reply(actionId, 'y')).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(
      pools.app.query(`UPDATE question SET answer = 'z' WHERE approval_id = $1`, [approvalId]),
    ).rejects.toThrow('never changes')
  })
})
