import { describe, expect, it } from 'vitest'
import { withheldFrom } from '@/lib/audit/withheld'
import type { Boundary } from '@/lib/boundary/boundary'
import { boundaryDigest } from '@/lib/boundary/digest'
import { newId, parsePublicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import type { Proposal } from '@/lib/decisions/contract'
import { governed, sampleBoundary, type Governed } from '@/lib/decisions/governed-testing'
import { HOLD, lifecycle, READ } from '@/lib/decisions/lifecycle-testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { askSimulation, cancelSimulation } from './ask'
import { readChanges, readSimulation } from './read'
import { runNextSimulation } from './run-next'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { propose, held, verdict } = lifecycle(database)
const ciso = await testPerson(['ciso'])
const none = () => () => Promise.resolve(new Set<string>())

/** A draft of an agent's, as its owner would have saved it. */
async function draftOf(agent: Governed, over: Partial<Boundary>): Promise<number> {
  const document = sampleBoundary(over)
  await pools.superuser.query(
    `UPDATE boundary_version SET status = 'withdrawn', closed_by = drafted_by, closed_at = now() WHERE agent_id = $1 AND status = 'draft'`,
    [agent.agentId],
  )
  const { rows } = await pools.superuser.query<{ version: number }>(
    `INSERT INTO boundary_version (id, agent_id, version, status, source, document, digest, drafted_by)
     VALUES ($1, $2, (SELECT max(version) + 1 FROM boundary_version WHERE agent_id = $2), 'draft', '', $3, $4, $5) RETURNING version`,
    [newId(), agent.agentId, JSON.stringify(document), boundaryDigest(document, ''), agent.personId],
  )
  return rows[0]?.version ?? 0
}

const governedOf = (agent: Governed) => ({
  ...{ id: agent.agentId, slug: agent.slug, ownerId: agent.personId, state: 'active' as const },
})
const ask = async (agent: Governed, version: number, by = ciso) =>
  (
    await transaction((tx) =>
      askSimulation(tx, by, governedOf(agent), version, { days: 30 }, new Date(Date.now() + 1_000)),
    )
  ).id

async function simulated(
  agent: Governed,
  over: Partial<Boundary>,
  withheld: Parameters<typeof runNextSimulation>[1] = none,
) {
  const id = await ask(agent, await draftOf(agent, over))
  expect(await runNextSimulation(pools.app, withheld)).toBe(true)
  const { status, result } = await readSimulation(db(), ciso, id)
  expect(status).toBe('done')
  if (result === null) throw new Error('it says nothing')
  return { id, result }
}

const MUCH: Proposal = { tool: 'crm.note', arguments: { text: 'much', amount: 900 } }
const LITTLE: Proposal = { tool: 'crm.note', arguments: { text: 'little', amount: 3 } }
const GONE: Proposal = { tool: 'crm.delete_all', arguments: {} }

describe('a draft tried on the past', () => {
  it('says what would newly be allowed, held and forbidden, with the entries behind each, and records that it was asked', async () => {
    const agent = await governed(pools.superuser)
    const read = await propose(agent, READ)
    await propose(agent, MUCH)
    const hold = await held(agent)
    await propose(agent, GONE)
    const { id, result } = await simulated(agent, {
      never: [{ tool: 'crm.get_order', when: null, reason: null }],
      approval_required: [{ tool: 'crm.note', when: null, reason: null }],
      autonomous: [{ tool: 'edr.isolate_host', when: null, reason: null, override: null }],
    })
    expect(result).toMatchObject({ decisions: 4, same: 0, unreplayed: {} })
    expect(Object.fromEntries(result.moves.map(({ was, would, count }) => [`${was} ${would}`, count]))).toEqual({
      'allow forbid': 1,
      'allow hold': 1,
      'hold allow': 1,
      'forbid hold': 1, // in scope, and nobody has classed it
    })
    const forbidden = await readChanges(db(), { id }, { was: 'allow', would: 'forbid' }, null, none())
    expect(forbidden.changes).toEqual([
      expect.objectContaining({ action: read.id, reason: 'never', rule: 'never[0]', tool: 'crm.get_order' }),
    ])
    const allowed = await readChanges(db(), { id }, { was: 'hold', would: 'allow' }, null, none())
    expect(allowed.changes.map(({ id: entry }) => entry)).toEqual([hold.actionId])
    const { rows } = await pools.superuser.query<{ id: string; said: { actor: string } }>(
      `SELECT id, convert_from(envelope, 'UTF8')::jsonb AS said FROM ledger.entry WHERE kind = 'boundary.simulated' AND agent_id = $1`,
      [agent.agentId],
    )
    expect(rows.map(({ said }) => said.actor)).toEqual([`person:${ciso.id}`])
    const opened = await openPayload(pools.app, rows[0]?.id ?? '')
    expect(opened).toMatchObject({ state: 'open', payload: { simulation: id, result: { decisions: 4 } } })
  })

  it('changes nothing where the draft says what was in force, whatever was asked', async () => {
    const agent = await governed(pools.superuser)
    const secret = { tool: 'crm.note', arguments: { text: `ghp_${'a1B2'.repeat(9)}` } }
    const far = { tool: 'elsewhere.tool', arguments: {} }
    const unknown = { tool: 'crm.unheard_of', arguments: {} }
    for (const proposal of [READ, MUCH, HOLD, GONE, secret, far, unknown]) await propose(agent, proposal)
    const { result } = await simulated(agent, {})
    expect(result).toMatchObject({ decisions: 7, same: 7, moves: [], unreplayed: {} })
  })

  it('opens no payload where rules name tools only', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, READ)
    await propose(agent, MUCH)
    const { result } = await simulated(agent, { mcp_scopes: {} })
    expect(result).toMatchObject({ opened: 0, same: 0, decisions: 2 })
  })

  it('asks conditions with the arguments of then', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, MUCH)
    await propose(agent, LITTLE)
    const { result } = await simulated(agent, {
      approval_required: [{ tool: 'crm.note', when: 'args.amount > 100', reason: null }],
    })
    expect(result).toMatchObject({ opened: 2, same: 1, moves: [{ was: 'allow', would: 'hold', count: 1 }] })
  })

  it('says which were rejected by a person at the time', async () => {
    const agent = await governed(pools.superuser)
    const analyst = await testPerson(['analyst'])
    for (const answer of ['approve', 'reject', 'reject'] as const) {
      const { answer: proposed, approvalId } = await held(agent, {
        ...HOLD,
        arguments: { host: `h-${String(Math.random())}` },
      })
      await verdict(approvalId, proposed.digest, analyst, answer)
    }
    const { result } = await simulated(agent, {
      approval_required: [],
      autonomous: [{ tool: 'edr.isolate_host', when: null, reason: null, override: null }],
    })
    expect(result.moves).toMatchObject([{ was: 'hold', would: 'allow', count: 3, approved: 1, rejected: 2 }])
  })

  it('keeps a limit by the calls it would have allowed', async () => {
    const agent = await governed(pools.superuser)
    for (let i = 0; i < 5; i += 1) await propose(agent, READ)
    const { result } = await simulated(agent, { limits: { calls_per_day: 3 } })
    expect(result).toMatchObject({
      same: 3,
      groups: [{ would: 'hold', reason: 'limit_reached', rule: 'limits.calls_per_day', count: 2 }],
    })
  })

  it('says what it could not replay: erased where the arguments are asked for, and sensitive where nobody said why', async () => {
    const agent = await governed(pools.superuser)
    const erased = parsePublicId('action', (await propose(agent, MUCH)).id)
    const sensitive = parsePublicId('action', (await propose(agent, LITTLE)).id)
    await propose(agent, READ)
    await pools.superuser.query('DELETE FROM ledger.payload WHERE entry_id = $1', [erased])
    const when = { approval_required: [{ tool: 'crm.note', when: 'args.amount > 100', reason: null }] }
    const { id, result } = await simulated(agent, when, () => () => Promise.resolve(new Set([sensitive])))
    expect(result).toMatchObject({ decisions: 3, same: 1, unreplayed: { erased: 1, sensitive: 1 }, moves: [] })
    expect((await readChanges(db(), { id }, null, null, none())).changes).toEqual([])
    // by its tool alone it can be told, which its entry says to everybody
    expect((await simulated(agent, {}, () => () => Promise.resolve(new Set([sensitive])))).result).toMatchObject({
      same: 3,
    })
  })

  it('takes what is marked as sensitive for nobody who has not said why', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, MUCH)
    await pools.superuser.query(`INSERT INTO ledger.sensitive_mark (kind, value, marked_by) VALUES ('agent', $1, $2)`, [
      agent.agentId,
      ciso.id,
    ])
    const when = { approval_required: [{ tool: 'crm.note', when: 'args.amount > 100', reason: null }] }
    const { result } = await simulated(agent, when, (personId) => withheldFrom(pools.app, personId))
    expect(result.unreplayed).toEqual({ sensitive: 1 })
  })

  it('leaves forbidden what no boundary decides, though another reason came first', async () => {
    const agent = await governed(pools.superuser)
    const secret = `ghp_${'a1B2'.repeat(9)}`
    expect((await propose(agent, { ...GONE, arguments: { text: secret } })).reasons.map(({ code }) => code)).toContain(
      'secret_in_arguments',
    )
    const { result } = await simulated(agent, {
      never: [],
      autonomous: [{ tool: 'crm.delete_all', when: null, reason: null, override: null }],
    })
    expect(result).toMatchObject({ decisions: 1, same: 1, opened: 1 })
  })

  it('goes on when the tab is closed, and ends without a trace when it is cancelled', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, READ)
    const version = await draftOf(agent, {})
    const cancelled = await ask(agent, version)
    const stranger = await testPerson(['ciso'])
    await expect(readSimulation(db(), stranger, cancelled)).rejects.toMatchObject({ code: 'not_found' })
    await expect(transaction((tx) => cancelSimulation(tx, stranger, cancelled, new Date()))).rejects.toMatchObject({
      code: 'not_found',
    })
    await transaction((tx) => cancelSimulation(tx, ciso, cancelled, new Date()))
    expect(await runNextSimulation(pools.app, none)).toBe(false)
    expect(await readSimulation(db(), ciso, cancelled)).toMatchObject({ status: 'cancelled', result: null })
    // one whose server went away is taken up by the next
    const left = await ask(agent, version)
    await pools.superuser.query(
      `UPDATE simulation SET status = 'running', heartbeat_at = now() - interval '2 minutes' WHERE id = $1`,
      [left],
    )
    expect(await runNextSimulation(pools.app, none)).toBe(true)
    expect(await readSimulation(db(), ciso, left)).toMatchObject({ status: 'done', result: { decisions: 1 } })
  })

  it('tells nothing of a draft that was rewritten before its turn', async () => {
    const agent = await governed(pools.superuser)
    const id = await ask(agent, await draftOf(agent, {}))
    await pools.superuser.query(
      `UPDATE boundary_version SET digest = decode(repeat('00', 32), 'hex') WHERE agent_id = $1 AND status = 'draft'`,
      [agent.agentId],
    )
    await runNextSimulation(pools.app, none)
    expect(await readSimulation(db(), ciso, id)).toMatchObject({ status: 'failed', result: null })
  })

  it('is three at a time for one person', async () => {
    const agent = await governed(pools.superuser)
    const version = await draftOf(agent, {})
    const other = await testPerson(['ciso'])
    for (let i = 0; i < 3; i += 1) await ask(agent, version, other)
    await expect(ask(agent, version, other)).rejects.toMatchObject({ code: 'too_many_requests' })
    for (let i = 0; i < 3; i += 1) expect(await runNextSimulation(pools.app, none)).toBe(true)
  })

  it('can be listed by nobody in a way the database would let be changed', async () => {
    await expect(pools.app.query(`UPDATE simulation_change SET would = 'allow'`)).rejects.toThrow(/permission denied/)
    await expect(pools.app.query(`UPDATE simulation SET person_id = $1`, [ciso.id])).rejects.toThrow(
      /permission denied/,
    )
  })

  // the last: the baseline it signs binds every agent from here on
  it('holds what the baseline of then held, and only from when it was signed', async () => {
    const agent = await governed(pools.superuser)
    expect(await propose(agent, READ)).toMatchObject({ decision: 'allow' })
    const document = {
      purpose: null,
      never: [],
      approval_required: [{ tool: 'crm.get_order', when: null, reason: null }],
      limits: {},
    }
    await pools.superuser.query(
      `INSERT INTO boundary_version (id, agent_id, version, status, source, document, digest, drafted_by, signed_by, signed_at, statement, lapses_at)
       VALUES ($1, NULL, 1, 'signed', '', $2, $3, $4, $5, now(), 'read', now() + interval '90 days')`,
      [newId(), JSON.stringify(document), Buffer.alloc(32, 7), agent.personId, ciso.id],
    )
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    expect(await propose(agent, READ)).toMatchObject({ decision: 'hold' })
    const { result } = await simulated(agent, {
      autonomous: [{ tool: 'crm.get_order', when: null, reason: null, override: null }],
    })
    expect(result).toMatchObject({ decisions: 2, same: 2, moves: [] })
  })
})
