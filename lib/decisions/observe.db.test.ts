import { beforeEach, describe, expect, it } from 'vitest'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import type { Boundary } from '@/lib/boundary/boundary'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { claimGrant } from './claim'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { HOLD, idOf, lifecycle, READ, said } from './lifecycle-testing'
import { readOwn } from './read-own'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, propose, publicUrl, verdict } = lifecycle(database)
const DAY = 86_400_000
const observing = (over: Partial<Boundary> = {}): Partial<Boundary> => ({
  mode: { observe_until: Date.now() + DAY },
  ...over,
})
const UNKNOWN = { tool: 'erp.close_books', arguments: { month: 'May' } }

const labelsOf = async (id: string) => {
  const { rows } = await pools.superuser.query<{ entry: { labels?: string[]; reason?: string; outcome?: string } }>(
    `SELECT convert_from(envelope, 'UTF8')::jsonb AS entry FROM ledger.entry WHERE id = $1`,
    [id],
  )
  return rows[0]?.entry
}
const approvals = async (agent: Governed) => {
  const { rows } = await pools.superuser.query<{ many: number }>(
    'SELECT count(*)::int AS many FROM action WHERE agent_id = $1 AND approval_id IS NOT NULL',
    [agent.agentId],
  )
  return rows[0]?.many
}
/** A new version in force, as a signature leaves it. */
async function signed(agent: Governed, over: Partial<Boundary> = {}): Promise<void> {
  await sampleSigned(pools.superuser, agent, sampleBoundary(over))
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1, revoked_epoch = epoch + 1')
}

beforeEach(() => clearOfTheTurn('minute'))

describe('a boundary that only observes', () => {
  it('lets run on a grant what it would have held or forbidden, opens no approval, and records and tells what would have been', async () => {
    const agent = await governed(pools.superuser, observing())
    for (const [proposal, decision, code, rule] of [
      [HOLD, 'hold', 'approval_required', 'approval_required[0]'],
      [UNKNOWN, 'forbid', 'out_of_scope', null],
    ] as const) {
      const answer = await propose(agent, proposal)
      expect(answer).toMatchObject({
        decision: 'allow',
        approval: null,
        reason: { code: 'observed', rule: 'mode' },
        observed: { decision, reason: { code, rule } },
      })
      expect(await labelsOf(idOf(answer))).toMatchObject({
        outcome: 'allow',
        reason: 'observed',
        labels: ['observed', `would_${decision}`],
      })
      const opened = await openPayload(pools.app, idOf(answer))
      expect(opened?.state === 'open' && opened.payload).toMatchObject({ observed: { decision, reasons: [{ code }] } })
      expect(await readOwn(pools.app, publicUrl(), agent.agentId, idOf(answer), new Date())).toMatchObject({
        observed: { decision },
      })
      expect(await introspect(pools.app, said(agent, answer.grant?.token ?? '', proposal))).toMatchObject({
        active: true,
      })
    }
    expect(await approvals(agent)).toBe(0)
    expect(await propose(agent, READ)).toMatchObject({ decision: 'allow', observed: null })
  })

  it('forbids what its never names, and gives no grant for it', async () => {
    const agent = await governed(pools.superuser, observing())
    expect(await propose(agent, { tool: 'crm.delete_all', arguments: {} })).toMatchObject({
      decision: 'forbid',
      grant: null,
      observed: null,
      reason: { code: 'never' },
    })
  })

  it('lets limits of its own stop nothing, at a call or at a run', async () => {
    const agent = await governed(pools.superuser, observing({ limits: { calls_per_minute: 1, concurrent_runs: 1 } }))
    await propose(agent, READ)
    expect(await propose(agent, READ)).toMatchObject({
      decision: 'allow',
      observed: { decision: 'hold', reason: { code: 'limit_reached' } },
    })
    const open = (one: Governed) => transaction((db) => openRun(db, one.agentId, { lease_seconds: 60 }, new Date()))
    await open(agent)
    await open(agent)
    const over = await governed(pools.superuser, {
      mode: { observe_until: Date.now() - 1 },
      limits: { concurrent_runs: 1 },
    })
    await open(over)
    await expect(open(over)).rejects.toMatchObject({ code: 'too_many_runs' })
  })

  it('enforces by itself from its end on', async () => {
    const agent = await governed(pools.superuser, observing({ mode: { observe_until: Date.now() - 1 } }))
    expect(await propose(agent, HOLD)).toMatchObject({ decision: 'hold', observed: null })
    expect(await propose(agent, UNKNOWN)).toMatchObject({ decision: 'forbid', observed: null })
  })

  it('leaves no grant standing once one that enforces is signed', async () => {
    const agent = await governed(pools.superuser, observing())
    const answer = await propose(agent, UNKNOWN)
    await signed(agent)
    expect(await introspect(pools.app, said(agent, answer.grant?.token ?? '', UNKNOWN))).toEqual({
      active: false,
      reason: 'revoked',
    })
    expect(await propose(agent, UNKNOWN)).toMatchObject({ decision: 'forbid' })
  })

  it('gives no grant for what was approved under the boundary before it', async () => {
    const agent = await governed(pools.superuser)
    const dana = await testPerson(['analyst'])
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'approve')
    await signed(agent, observing())
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({ status: 'superseded', grant: null })
  })
})
