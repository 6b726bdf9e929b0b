import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { escalateAction } from '@/lib/decisions/escalate'
import { HOLD, lifecycle } from '@/lib/decisions/lifecycle-testing'
import { openPlanted, plantTest } from '@/lib/decisions/plant'
import { withdrawOfRun } from '@/lib/decisions/withdraw-ended'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { leaseRun } from '@/lib/runs/lease'
import { openRun } from '@/lib/runs/open'
import { headerOf, mailServerForTests, textOf } from './mail-testing'
import { addChannel, follow, plainMail, rows, sendAll, working } from './notifications-testing'
import { notifyExpiring } from './notify-expiring'
import { notifyTests } from './notify-tests'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const administrator = await testOrganisation()
const [dana, bram] = [await testPerson(['analyst'], 'Dana Whitlock'), await testPerson(['analyst'], 'Bram Visser')]
const { held, verdict } = lifecycle(database)
const mailbox = await mailServerForTests()
afterAll(() => mailbox.stop())
await addChannel(administrator, plainMail(mailbox.port))
await follow()
const agent = await working(pools.superuser)
const mailsTo = (person: Actor) => mailbox.got.filter(({ to }) => to.includes(person.email))

/** Whom a request is said to expire soon to, ten minutes before it does. */
async function toldOfItsEnd(approvalId: string): Promise<(string | null)[]> {
  const { rows: times } = await pools.superuser.query<{ expires_at: Date }>(
    'SELECT expires_at FROM approval WHERE id = $1',
    [approvalId],
  )
  await follow()
  await pools.superuser.query('DELETE FROM notification')
  const soon = new Date((times[0]?.expires_at.getTime() ?? 0) - 600_000)
  expect(await transaction((tx) => notifyExpiring(tx, soon))).toBe(1)
  return [...new Set((await rows("kind = 'expiring'")).map(({ person_id: person }) => person))]
}

beforeEach(async () => {
  await follow()
  await pools.superuser.query('DELETE FROM notification')
  mailbox.got.length = 0
  await pools.superuser.query("UPDATE approval SET status = 'withdrawn', closed_at = now() WHERE status = 'pending'")
})

describe('who hears', () => {
  test('of a test request: whom it is for, in the words of an action, once; each step of its rule like one', async () => {
    const asks = (amount: number) => held(agent, { ...HOLD, arguments: { host: 'fin-lt-0442', amount } })
    const past = await asks(10)
    await verdict(past.approvalId, past.answer.digest, bram, 'approve')
    const said = async (person: Actor) => {
      await follow()
      await sendAll()
      const mails = mailsTo(person).map(({ raw }) => ({
        subject: headerOf(raw, 'subject'),
        text: textOf(raw)
          .replaceAll(/apr_[0-9a-f]{32}/g, 'apr_')
          .replaceAll(/Until:.*/g, 'Until'),
      }))
      mailbox.got.length = 0
      await pools.superuser.query('DELETE FROM notification')
      return mails
    }
    await said(dana)
    const real = await asks(11)
    const ofAction = await said(dana)
    expect(ofAction).toHaveLength(1)
    const at = new Date()
    await transaction(async (tx) => {
      const whom = { teams: [], people: [dana.id], by: null, opensAt: at }
      const id = await plantTest(tx, { agentId: agent.agentId, flaws: ['amount'], ...whom })
      await notifyTests(tx, [(await openPlanted(tx, id, at)) ?? ''], at)
    })
    const { rows: queued } = await pools.superuser.query<{ person_id: string }>('SELECT person_id FROM notification')
    expect(new Set(queued.map((row) => row.person_id))).toEqual(new Set([dana.id]))
    expect(await said(dana)).toEqual(ofAction)
    // the step that is due on either is told in the same words, once
    const late = new Date(at.getTime() + 20 * 3_600_000)
    await pools.superuser.query(`UPDATE person SET roles = '{analyst,ciso}' WHERE id = $1`, [dana.id])
    await transaction((tx) => escalateAction(tx, real.actionId, late))
    const step = await said(dana)
    expect(step).toHaveLength(1)
    const again = () => transaction((tx) => notifyTests(tx, [], late))
    await again()
    expect(await said(dana)).toEqual(step)
    await again()
    expect(await said(dana)).toEqual([])
    await pools.superuser.query(`UPDATE person SET roles = '{analyst}' WHERE id = $1`, [dana.id])
  })

  test('the requester also when what was asked ended without anybody’s answer, and why', async () => {
    const { id: run } = await transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, new Date()))
    await held(agent, {
      ...{ ...HOLD, resource: { type: 'host', id: 'of-a-run' }, run: { id: publicId('run', run) } },
      on_behalf_of: { type: 'user', id: bram.email },
    })
    await transaction((tx) => leaseRun(tx, agent.agentId, run, { seconds: 0 }, new Date()))
    await withdrawOfRun(pools.app, run, new Date())
    await follow()
    await sendAll()
    const last = mailsTo(bram).find(({ raw }) => headerOf(raw, 'subject')?.includes('Ended without being done'))
    expect(textOf(last?.raw ?? '')).toContain('Why it ended: The run of its agent is over.')
  })

  test('that a request is about to expire: of two seats nobody who has taken one', async () => {
    const one = await held(await working(pools.superuser))
    await pools.superuser.query(
      `UPDATE approval SET seats = 2, rule = jsonb_set(rule, '{asked}', '[["analyst"], ["analyst"]]') WHERE id = $1`,
      [one.approvalId],
    )
    await verdict(one.approvalId, one.answer.digest, dana, 'approve')
    expect(await toldOfItsEnd(one.approvalId)).toEqual([bram.id])
  })

  test('that a request is about to expire: of one seat not whoever has taken the agent over since', async () => {
    const mine = await working(pools.superuser)
    const one = await held(mine)
    await pools.superuser.query('UPDATE agent SET owner_id = $2 WHERE id = $1', [mine.agentId, bram.id])
    expect(await toldOfItsEnd(one.approvalId)).toEqual([dana.id])
  })
})
