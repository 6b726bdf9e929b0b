import { beforeEach, describe, expect, it } from 'vitest'
import { newId, publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { HALT_SCOPES, HALTS, type HaltScope } from '@/lib/halt/halt'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { claimGrant } from './claim'
import type { Proposal } from './contract'
import { governed, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { HOLD, idOf, lifecycle, said } from './lifecycle-testing'
import { readOwn } from './read-own'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, propose, verdict, publicUrl } = lifecycle(database)
const dana = await testPerson(['analyst'])
/** A write that is allowed alone, on the server whose tool is also asked for. */
const NOTE: Proposal = { tool: 'edr.note', arguments: { text: 'seen' } }

let agent: Governed
let run = ''
let team = ''
beforeEach(async () => {
  agent = await governed(pools.superuser, { mcp_scopes: { crm: ['read'], edr: ['read', 'write'] } })
  await pools.superuser.query(
    `INSERT INTO tool (id, server, name, access, reversible, source, confirmed_by, confirmed_at) VALUES ($1, 'edr', 'note', 'write', true, 'person', $2, now())
     ON CONFLICT (server, name) DO NOTHING`,
    [newId(), dana.id],
  )
  run = publicId('run', (await transaction((tx) => openRun(tx, agent.agentId, {}, new Date()))).id)
  const { rows } = await pools.superuser.query<{ name: string }>('SELECT name FROM team WHERE id = $1', [agent.teamId])
  team = rows[0]?.name ?? ''
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
})
const inRun = (proposal: Proposal, n: number): Proposal => ({
  ...proposal,
  arguments: { ...proposal.arguments, n },
  run: { id: run },
})
const halt = async (scope: HaltScope, tool: string) => {
  const names = { environment: 'production', team, agent: agent.slug, run, server: 'edr', tool }
  const { named } = HALTS[scope]
  const { id } = await engage({
    scope,
    ...(named !== null && { [named]: names[named] }),
    reason: '',
    by: dana.id,
    now: new Date(),
  })
  return async () => {
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [id])
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  }
}
const frozen = async (actionId: string) =>
  (await readOwn(pools.app, publicUrl(), agent.agentId, actionId, new Date()))?.frozen

describe.each(HALT_SCOPES)('a halt of scope %s', (scope) => {
  it('kills the grant that was out, and lifting it revives none', async () => {
    const proposal = inRun(NOTE, 1)
    const grant = (await propose(agent, proposal)).grant?.token ?? expect.fail('nothing was granted')
    const lift = await halt(scope, 'edr.note')
    expect(await introspect(pools.app, said(agent, grant, proposal))).toEqual({ active: false, reason: 'halted' })
    await lift()
    expect(await introspect(pools.app, said(agent, grant, proposal))).toEqual({ active: false, reason: 'revoked' })
  })

  it('freezes what waits, which says so; lifted, it waits for a person as before', async () => {
    const { answer, actionId, approvalId } = await held(agent, inRun(HOLD, 2))
    const lift = await halt(scope, 'edr.isolate_host')
    expect(await frozen(actionId)).toBe(true)
    for (const word of ['approve', 'reject'] as const)
      await expect(verdict(approvalId, answer.digest, dana, word)).rejects.toMatchObject({ code: 'frozen' })
    await lift()
    expect(await frozen(actionId)).toBe(false)
    await verdict(approvalId, answer.digest, dana, 'approve')
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({ status: 'approved' })
  })

  it('takes what was approved before back to a person: nothing resumes by itself', async () => {
    const { answer, actionId, approvalId } = await held(agent, inRun(HOLD, 3))
    await verdict(approvalId, answer.digest, dana, 'approve')
    const lift = await halt(scope, 'edr.isolate_host')
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'frozen' })
    await lift()
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({ status: 'superseded', grant: null })
    const again = await propose(agent, inRun(HOLD, 3))
    expect(again).toMatchObject({ decision: 'hold', status: 'held' })
    expect(idOf(again)).not.toBe(actionId)
  })
})
