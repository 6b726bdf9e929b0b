import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Baseline, Limits } from '@/lib/boundary/boundary'
import { newId, publicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import type { Proposal } from './contract'
import { governed, type Governed, sampleTool } from './governed-testing'
import { HOLD, idOf, lifecycle } from './lifecycle-testing'
import { outdatedActions } from './outdated'
import { propose } from './propose'
import { readRequest } from './read-inbox'
import { findOutdated } from './store-waiting'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, verdict } = lifecycle(database)
const analyst = await testPerson(['analyst'])
const asks = (tool: string) => ({ tool, when: null, reason: null })

let agent: Governed
/** Signs a baseline, as the gate does it: the epoch moves, and what was granted under the one before is dead. */
async function sign(
  approval_required: Baseline['approval_required'],
  limits: Limits = {},
  source = 'purpose: all',
  ago = '0 days',
) {
  const document = { purpose: null, never: [], approval_required, limits }
  await pools.superuser.query(
    `INSERT INTO boundary_version (id, agent_id, version, status, source, document, digest, drafted_by, signed_by, signed_at, statement, lapses_at)
     VALUES ($1, NULL, (SELECT count(*) + 1 FROM boundary_version WHERE agent_id IS NULL), 'signed', $2, $3, $4, $5, $6, clock_timestamp() - $7::interval, 'read', now() + interval '90 days')`,
    [newId(), source, JSON.stringify(document), randomBytes(32), agent.personId, analyst.id, ago],
  )
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1, revoked_epoch = epoch + 1')
}
beforeEach(async () => {
  agent = await governed(pools.superuser, { approval_required: [], mcp_scopes: { edr: ['read', 'write'] } })
  await sign([asks('edr.isolate_host')], {}, 'approval_required: [edr.isolate_host]')
})

describe('a baseline that was signed since', () => {
  it('takes every verdict on what it held before, and the page of it says that it was the baseline', async () => {
    const { answer, actionId, approvalId } = await held(agent)
    await sign([{ ...asks('edr.isolate_host'), by: ['ciso'], approvals: 2 }], {}, 'approval_required: [other]')
    await expect(verdict(approvalId, answer.digest, analyst, 'approve')).rejects.toMatchObject({
      code: 'wrong_state',
      detail: expect.stringMatching(/version \d+ of the baseline has been signed/) as string,
    })
    const { found } = await outdatedActions(pools.app, null)
    expect(found).toEqual([{ id: actionId, changed: 'baseline' }])
    // what is asked meanwhile is asked under the new one, and takes its place
    const again = await propose(context, agent.caller, HOLD, null)
    expect(idOf(again)).not.toBe(actionId)
    const { rows } = await pools.superuser.query<{ changed: string[] }>('SELECT changed FROM approval WHERE id = $1', [
      approvalId,
    ])
    expect(rows).toEqual([{ changed: ['baseline'] }])
    expect(await findOutdated(pools.app, 10)).toEqual([])
  })

  it('leaves what was asked under the very same one', async () => {
    const { answer, approvalId, actionId } = await held(agent)
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    expect((await findOutdated(pools.app, 10)).map(({ id }) => id)).not.toContain(actionId)
    await verdict(approvalId, answer.digest, analyst, 'approve')
    expect((await claimGrant(context, agent.caller, actionId)).grant).not.toBeNull()
  })

  it('is not answered for by an approval given before, whatever stands at the same place of it', async () => {
    const { answer, approvalId, actionId } = await held(agent)
    await verdict(approvalId, answer.digest, analyst, 'approve')
    // a signature that no verdict and no epoch tells of: the gate itself looks at the digest
    await sign([{ ...asks('edr.isolate_host'), by: ['ciso'] }])
    await pools.superuser.query('UPDATE action SET epoch = (SELECT epoch FROM gate) WHERE id = $1', [actionId])
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({
      status: 'superseded',
      grant: null,
      reason: { code: 'approval_required', rule: 'baseline.approval_required[0]' },
    })
  })

  it('with a lower limit than the approvers were told of, is not passed by what they approved', async () => {
    await sampleTool(pools.superuser, 'edr.pay', 'write', true)
    await pools.superuser.query(`UPDATE tool SET spends = true WHERE server = 'edr' AND name = 'pay'`)
    const pay: Proposal = { tool: 'edr.pay', arguments: { amount: 90, currency: 'EUR' } }
    await sign([], { spend_per_day: { amount: 50, currency: 'EUR' } })
    const { answer, approvalId, actionId } = await held(agent, pay)
    expect(answer.reasons.map(({ rule }) => rule)).toContain('baseline.limits.spend_per_day')
    await verdict(approvalId, answer.digest, analyst, 'approve')
    await sign([], { spend_per_day: { amount: 10, currency: 'EUR' } })
    await pools.superuser.query('UPDATE action SET epoch = (SELECT epoch FROM gate) WHERE id = $1', [actionId])
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({
      status: 'superseded',
      reason: { code: 'limit_reached', rule: 'baseline.limits.spend_per_day' },
    })
  })

  it('is not what the page shows: that is the one it was asked under', async () => {
    const { approvalId } = await held(agent)
    // also where the clock that signed the next runs behind
    await sign([asks('crm.note')], {}, 'approval_required: [crm.note]', '1 day')
    const shown = await readRequest(db(), analyst, publicId('approval', approvalId), new Date())
    expect(shown.heldBy).toMatchObject([
      { rule: 'baseline.approval_required[0]', text: 'approval_required: [edr.isolate_host]' },
    ])
  })
})
