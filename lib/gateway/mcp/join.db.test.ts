import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { hookSessions, type Session } from '@/lib/gateway/hooks-testing'
import { plainServer } from '@/lib/gateway/mcp-testing'
import { engage } from '@/lib/halt/engage'
import { testPerson } from '@/lib/people/testing'
import { proposeUpstream } from '@/lib/upstreams/propose'

const database = await testDatabase()
const gateway = await testGateway(database, { mcp: { holdMs: 300, stepMs: 100 } })
const { ask, defects, tokenOf } = gateway
const superuser = database.pools.superuser
const { dana, session, send, verdict, waiting } = await hookSessions(database, gateway)
const petra = await testPerson(['administrator'])
afterAll(() => {
  expect(defects).toEqual([])
})

let ran: unknown[] = []
beforeEach(() => (ran = []))
const { url } = await plainServer((_, body, response) => {
  const { id, method, params } = JSON.parse(body) as { id?: unknown; method: string; params: { arguments: unknown } }
  if (method !== 'tools/call') return void response.writeHead(202).end()
  ran.push(params.arguments)
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'Refunded.' }] } }))
})
const stated = { name: 'crm_live', transport: 'http', address: url, header: null, secret: null, private: true } as const
const input = { ...stated, ownerId: petra.id, reach: 'Orders.', production: false, trusted: false }
await proposeUpstream(db(), petra, input, new Date())

const HELD = {
  approval_required: ['crm_live.refund', 'other.refund'].map((tool) => ({ tool, when: null, reason: null })),
}
let calls = 0
/** What the hook of a session hears before a call, and how it answers once a person has approved. */
async function hooked(at: Session, args: object, server = 'crm_live'): Promise<string> {
  calls += 1
  const useId = `toolu_${String(calls)}`
  const more = { tool_name: `mcp__${server}__refund`, tool_input: args, tool_use_id: useId }
  const answered = send(at, 'PreToolUse', more, '&wait=20')
  await verdict(await waiting(at.agent), 'approve')
  expect((await answered).body).toMatchObject({ hookSpecificOutput: { permissionDecision: 'allow' } })
  return useId
}
async function call(at: Pick<Session, 'agent'>, args: object, useId?: string, headers: Record<string, string> = {}) {
  const meta = useId === undefined ? {} : { _meta: { 'claudecode/toolUseId': useId } }
  const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'refund', arguments: args, ...meta } }
  const accept = { accept: 'application/json, text/event-stream', ...headers }
  return JSON.stringify((await ask('POST', '/mcp/crm_live', await tokenOf(at.agent), body, accept)).body)
}
const actionsOf = async ({ agent }: Session) =>
  (
    await superuser.query<{ status: string; session: boolean; approvals: string }>(
      `SELECT a.status, a.run_id = s.run_id AS session, (SELECT count(*) FROM approval p WHERE p.agent_id = a.agent_id) AS approvals
         FROM action a JOIN hook_session s ON s.agent_id = a.agent_id WHERE a.agent_id = $1 ORDER BY a.id`,
      [agent.agentId],
    )
  ).rows
/** It is decided anew: somebody is asked, and nothing runs. */
const anew = async ({ agent }: Pick<Session, 'agent'>, said: Promise<string>) => {
  expect(await said).toContain('Approval pending')
  await verdict(await waiting(agent), 'reject')
}

describe('a call that a hook let through', () => {
  it('is not decided again behind the gateway: one question, one execution, in the run of the session, told once', async () => {
    const at = await session(HELD)
    const useId = await hooked(at, { order: 7 })
    expect(await actionsOf(at)).toEqual([{ status: 'approved', session: true, approvals: '1' }])
    expect(await call(at, { order: 7 }, useId)).toContain('Refunded.')
    expect(ran).toEqual([{ order: 7 }])
    const more = {
      tool_name: 'mcp__crm_live__refund',
      tool_input: { order: 7 },
      tool_use_id: useId,
      tool_response: 'Refunded.',
    }
    expect((await send(at, 'PostToolUse', more)).status).toBe(200)
    expect(await actionsOf(at)).toEqual([{ status: 'succeeded', session: true, approvals: '1' }])
    const { rows } = await superuser.query(
      `SELECT kind FROM ledger.entry WHERE agent_id = $1 AND kind LIKE 'action.%' ORDER BY id`,
      [at.agent.agentId],
    )
    expect(
      rows.map(({ kind }: { kind: string }) => kind).filter((kind: string) => kind === 'action.completed'),
    ).toHaveLength(1)
  })

  it('is decided anew when it comes a second time', async () => {
    const at = await session(HELD)
    const useId = await hooked(at, { order: 1 })
    expect(await call(at, { order: 1 }, useId)).toContain('Refunded.')
    await anew(at, call(at, { order: 1 }, useId))
    expect(ran).toHaveLength(1)
  })

  it('runs once when it comes twice at the same time', async () => {
    const at = await session(HELD)
    const useId = await hooked(at, { order: 2 })
    const said = await Promise.all([call(at, { order: 2 }, useId), call(at, { order: 2 }, useId)])
    expect(ran).toHaveLength(1)
    expect(said.filter((one) => one.includes('Refunded.'))).toHaveLength(1)
  })

  it('lets nothing else through: other arguments, another agent, another run, a while later, no id', async () => {
    const at = await session(HELD)
    const useId = await hooked(at, { order: 3 })
    await anew(at, call(at, { order: 4 }, useId))
    const other = await session(HELD)
    await anew(other, call(other, { order: 3 }, useId))
    await anew(at, call(at, { order: 3 }))
    expect(await call(at, { order: 3 }, useId, { 'countersign-run': `run_${'0'.repeat(32)}` })).not.toContain(
      'Refunded.',
    )
    await superuser.query(`UPDATE hook_call SET at = at - interval '31 seconds' WHERE call = $1`, [useId])
    await anew(at, call(at, { order: 3 }, useId))
    expect(ran).toEqual([])
  })

  it('does not run under a halt that came in between', async () => {
    const at = await session(HELD)
    const useId = await hooked(at, { order: 5 })
    await engage({ scope: 'agent', agent: at.agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    expect(await call(at, { order: 5 }, useId)).not.toContain('Refunded.')
    expect(ran).toEqual([])
  })

  it('of a server that is not behind the gateway is begun by the hook’s answer, as ever', async () => {
    const at = await session(HELD)
    await hooked(at, { order: 6 }, 'other')
    expect(await actionsOf(at)).toEqual([{ status: 'claimed', session: true, approvals: '1' }])
  })
})
