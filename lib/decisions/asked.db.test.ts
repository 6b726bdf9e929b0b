import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { governed, type Governed } from './governed-testing'
import { HOLD, lifecycle } from './lifecycle-testing'
import { readInbox, readRequest } from './read-inbox'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, verdict } = lifecycle(database)

const analyst = await testPerson(['analyst'])
const ciso = await testPerson(['ciso'])
const named = await testPerson([])
const payer = { ...(await testPerson([])), team: 'payments' }

const asking = (by: string[], rest: object = {}): Promise<Governed> =>
  governed(pools.superuser, {
    approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null, by: by as never, ...rest }],
  })

describe('a rule that says who answers', () => {
  it('is answered by nobody else, and an analyst who may not is told so', async () => {
    const { answer, approvalId } = await held(await asking(['team:payments']))
    await expect(verdict(approvalId, answer.digest, analyst, 'approve')).rejects.toMatchObject({
      code: 'not_permitted',
    })
    expect(await verdict(approvalId, answer.digest, payer, 'approve')).toMatchObject({ status: 'approved' })
  })

  it('shows the request to the person it names, who has no role, and to nobody else without one', async () => {
    const { answer } = await held(await asking([named.email]))
    const id = answer.approval?.id ?? ''
    expect(await readRequest(db(), named, id, new Date())).toMatchObject({
      asked: [named.email],
      you: { approve: { ok: true } },
    })
    expect((await readInbox(db(), named, new Date())).rows.map((row) => row.id)).toContain(id)
    await expect(readRequest(db(), payer, id, new Date())).rejects.toMatchObject({ code: 'not_found' })
  })

  it('that takes two takes two people, each in a seat of theirs, and Postgres gives no seat twice', async () => {
    const { answer, approvalId } = await held(await asking(['ciso', 'analyst'], { approvals: 2 }))
    expect(await verdict(approvalId, answer.digest, ciso, 'approve')).toMatchObject({ status: 'pending' })
    await expect(verdict(approvalId, answer.digest, ciso, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    await expect(
      pools.app.query(
        `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest, seat) VALUES ($1, $2, $3, 'approve', '', decode($4, 'hex'), 0)`,
        [newId(), approvalId, analyst.id, answer.digest.slice(7)],
      ),
    ).rejects.toMatchObject({ constraint: 'verdict_one_a_seat' })
    const last = await verdict(approvalId, answer.digest, analyst, 'approve')
    expect(last).toMatchObject({ status: 'approved' })
    expect(last.verdicts.map(({ seat }) => seat)).toEqual([0, 1])
  })

  it('waits as long as it says', async () => {
    const { answer } = await held(await asking(['analyst'], { within: 2 * 3_600_000 }), HOLD)
    const left = Date.parse(answer.approval?.expires_at ?? '') - Date.now()
    expect(left).toBeGreaterThan(7_100_000)
    expect(left).toBeLessThanOrEqual(7_200_000)
  })
})
