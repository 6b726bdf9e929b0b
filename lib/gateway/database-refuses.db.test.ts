import { expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'

const database = await testDatabase()
const { superuser } = database.pools
const { ask, tokenOf, defects } = await testGateway(database)

/** Postgres ends every connection of the product to this database and takes no other; answers how to let it in again. */
async function cutOff(): Promise<() => Promise<unknown>> {
  const limit = (most: number) => superuser.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT ${String(most)}`)
  await limit(0)
  await superuser.query(
    `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
      WHERE a.datname = current_database() AND NOT r.rolsuper`,
  )
  return () => limit(-1)
}

/** A call of a shell as Claude Code asks about it. */
const BASH = {
  hook_event_name: 'PreToolUse',
  session_id: 'b1d4f2a0-0000-4000-8000-000000000000',
  transcript_path: '/tmp/transcript.jsonl',
  cwd: '/tmp',
  permission_mode: 'default',
  tool_name: 'Bash',
  tool_input: { command: 'ls' },
  tool_use_id: 'toolu_01',
}

it('refuses whatever needs the database with its code while Postgres takes no connection, and goes on by itself afterwards', async () => {
  const agent = await governed(superuser)
  const token = await tokenOf(agent)
  const run = (await ask('POST', '/api/v1/runs', token, {})).body
  const allowed = (await ask('POST', '/api/v1/actions', token, { tool: 'crm.get_order' })).body
  expect(allowed.decision).toBe('allow')
  const asked: ['GET' | 'POST', string, unknown?][] = [
    ['POST', '/api/v1/actions', { tool: 'crm.get_order' }],
    ['GET', `/api/v1/actions/${allowed.id}`],
    ['GET', `/api/v1/actions/${allowed.id}?wait=25`],
    ['POST', `/api/v1/actions/${allowed.id}/grant`, {}],
    ['POST', `/api/v1/actions/${allowed.id}/withdrawal`, {}],
    ['POST', `/api/v1/actions/${allowed.id}/outcome`, { status: 'succeeded', grant: allowed.grant.token }],
    ['POST', '/api/v1/grants/introspect', { token: allowed.grant.token, agent: agent.slug, tool: 'crm.get_order' }],
    ['POST', '/api/v1/runs', {}],
    ['POST', `/api/v1/runs/${run.id}/lease`, { seconds: 60 }],
    ['POST', `/api/v1/runs/${run.id}/conclusions`, { verdict: 'benign', summary: 'Nothing.' }],
    ['POST', '/api/v1/resources/ticket/SUP-1/firings', { summary: 'It fired.' }],
    ['POST', '/api/v1/resources/ticket/SUP-1/versions', { version: '2' }],
    ['GET', '/api/v1/halts/stream'],
    ['POST', `/api/v1/halts/${String(allowed.id).replace('act_', 'hlt_')}/acknowledgement`, {}],
  ]
  const letIn = await cutOff()
  for (const [method, url, body] of asked) {
    const { status, body: said } = await ask(method, url, token, body)
    expect({ url, status, code: said.code }).toEqual({
      url,
      status: 503,
      code: expect.stringMatching(/^(unavailable|cannot_record)$/) as string,
    })
    expect(said).not.toHaveProperty('decision')
    expect(said).not.toHaveProperty('active')
  }
  // what decides says so in its own word
  expect((await ask('POST', '/api/v1/actions', token, { tool: 'crm.get_order' })).body.code).toBe('cannot_record')
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: agent.clientId,
    client_secret: agent.clientSecret,
  })
  const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await ask('POST', '/oauth/token', null, form.toString(), asForm)).toMatchObject({
    status: 503,
    body: { error: 'temporarily_unavailable' },
  })
  // Claude Code runs its tool on any other answer than 200: it is told no
  expect(await ask('POST', '/api/hooks/claude-code?event=PreToolUse', token, BASH)).toMatchObject({
    status: 200,
    body: { hookSpecificOutput: { permissionDecision: 'deny' } },
  })
  const evaluation = await ask('POST', '/access/v1/evaluation', token, {
    subject: { type: 'agent', id: agent.slug },
    action: { name: 'crm.get_order' },
    resource: { type: 'order', id: 'A-17' },
  })
  expect(evaluation.status).toBe(503)
  expect(evaluation.body).not.toHaveProperty('decision', true)
  // none of it counts as a defect of ours, and no answer says what the driver said
  expect(defects).toEqual([])

  await letIn()
  await expect
    .poll(async () => String((await ask('POST', '/api/v1/actions', token, { tool: 'crm.get_order' })).body.decision))
    .toBe('allow')
  // the grant from before is good once
  const introspect = () =>
    ask('POST', '/api/v1/grants/introspect', token, {
      token: allowed.grant.token,
      agent: agent.slug,
      tool: 'crm.get_order',
    })
  expect((await introspect()).body).toMatchObject({ active: true })
  expect((await introspect()).body).toMatchObject({ active: false })
})
