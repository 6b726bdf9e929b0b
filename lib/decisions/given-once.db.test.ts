import { describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import { CLAIM_MS, expireAction, OUTCOME_MS, overdueActions } from './expire'
import { governed } from './governed-testing'
import { introspect } from './introspect'
import { HOLD, lifecycle, said } from './lifecycle-testing'
import { recordOutcome } from './outcome'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, kinds, state, verdict } = lifecycle(database)
const dana = await testPerson(['analyst'])

/** Approved, and its agent has claimed the grant and said nothing since. */
async function claimed() {
  const agent = await governed(pools.superuser)
  const asked = await held(agent)
  await verdict(asked.approvalId, asked.answer.digest, dana, 'approve')
  const { grant } = await claimGrant(context, agent.caller, asked.actionId)
  return { agent, ...asked, grant: grant ?? expect.fail('nothing was granted') }
}
const endGrant = (actionId: string) =>
  pools.superuser.query(`UPDATE action SET grant_expires_at = now() - interval '1 second' WHERE id = $1`, [actionId])
const labels = async (actionId: string) => {
  const { rows } = await pools.superuser.query<{ labels: string[] | null }>(
    `SELECT convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE action_id = $1 ORDER BY id DESC LIMIT 1`,
    [actionId],
  )
  return rows[0]?.labels
}

describe('the grant of an approved action', () => {
  it('that got lost is given anew until it would have ended, and the lost one is dead', async () => {
    const { agent, actionId, grant } = await claimed()
    const again = await claimGrant(context, agent.caller, actionId)
    expect(again.grant?.token).not.toBe(grant.token)
    expect(again.grant?.expires_at).toBe(grant.expires_at)
    expect(await introspect(pools.app, said(agent, grant.token, HOLD))).toEqual({ active: false, reason: 'replaced' })
    expect(await introspect(pools.app, said(agent, again.grant?.token ?? '', HOLD))).toMatchObject({ active: true })
  })

  it('is not given a second time once it has ended: what it was for may have been done', async () => {
    const { agent, actionId } = await claimed()
    await endGrant(actionId)
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({
      code: 'grant_invalid',
      detail: expect.stringMatching(/may have been done.+another approval/) as string,
    })
    expect(await labels(actionId)).toEqual(['grant_expired', 'at_claim'])
    expect(await state(agent, actionId)).toBe('approved')
    // Postgres itself gives none, whatever a server's clock says
    const { rows } = await pools.app.query(
      `SELECT grant_give(now(), $1, $2, (SELECT epoch FROM gate), NULL, false, $3, now() + interval '1 minute', $4, 'x', '{}', '{}', '{}') AS answer`,
      [actionId, agent.agentId, Buffer.alloc(32, 1), actionId],
    )
    expect(rows).toEqual([{ answer: 'ended' }])
  })

  it('whose outcome nobody reports leaves it unknown, an hour after it ended, and not as one that was never claimed', async () => {
    const { agent, actionId, approvalId, grant } = await claimed()
    const ends = Date.parse(grant.expires_at)
    const at = (ms: number) => new Date(ends + ms)
    expect(await transaction((db) => expireAction(db, actionId, at(OUTCOME_MS - 1_000)))).toBe(false)
    expect(await overdueActions(pools.app, at(OUTCOME_MS + 1_000))).toContain(actionId)
    expect(await transaction((db) => expireAction(db, actionId, at(OUTCOME_MS + 1_000)))).toBe(true)
    expect(await state(agent, actionId)).toBe('unknown')
    expect(await labels(actionId)).toEqual(['no_outcome'])
    const { rows } = await pools.superuser.query('SELECT status FROM approval WHERE id = $1', [approvalId])
    expect(rows).toEqual([{ status: 'approved' }])
    expect(await overdueActions(pools.app, at(CLAIM_MS + OUTCOME_MS))).not.toContain(actionId)
    // said after all
    await transaction((db) =>
      recordOutcome(db, agent.agentId, actionId, { grant: grant.token, status: 'succeeded' }, at(OUTCOME_MS + 2_000)),
    )
    expect((await kinds(actionId)).slice(-2)).toEqual(['action.expired', 'action.completed'])
  })

  it('given before a stop is refused after it, and the approval is not said to have come to nothing', async () => {
    const { agent, actionId } = await claimed()
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1, revoked_epoch = epoch + 1')
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'grant_invalid' })
    expect(await state(agent, actionId)).toBe('approved')
  })
})
