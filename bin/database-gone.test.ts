import { afterEach, describe, expect, it } from 'vitest'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { CLOSE, install, programOf, READ, type Install, type Undo } from './governed'
import { stopPostgres } from './testing'

const undo: Undo = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

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

type Answered = { status: number; code: string; body: Record<string, unknown> }

async function ask(at: Install, method: string, url: string, token: string, body?: unknown): Promise<Answered> {
  const response = await fetch(at.url + url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    await response.body?.cancel()
    return { status: response.status, code: 'stream', body: {} }
  }
  const answer = (await response.json()) as Record<string, unknown>
  return { status: response.status, code: typeof answer['code'] === 'string' ? answer['code'] : 'none', body: answer }
}

async function tokenOf({ url, credentials }: Install): Promise<{ status: number; body: Record<string, unknown> }> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
  })
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: form })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a control plane whose database cannot be reached', () => {
  it('refuses everything with its code, and recovers by itself when the database is back', async () => {
    const at = await install(undo)
    const token = String((await tokenOf(at)).body['access_token'])
    const program = programOf(at)
    const dana = await new ConsoleClient(at.url).signIn(at.dana.email, at.dana.password)
    const run = await program.openRun()
    const allowed = await program.propose(READ)
    const approved = await program.propose(CLOSE)
    await dana.post(`/api/console/approvals/${approved.approval?.id ?? ''}/verdict`, {
      answer: 'approve',
      digest: approved.digest,
      reason: 'Checked.',
    })
    const heard: { event: string; data: unknown }[] = []
    const listening = new AbortController()
    undo.push(() => listening.abort())
    const hearing = (async () => {
      for await (const each of program.halts(listening.signal)) heard.push(each)
    })()
    await expect.poll(() => heard).toMatchObject([{ event: 'state', data: { halts: [] } }])

    const introspection = { token: allowed.grant?.token, agent: 'ticket-closer', ...READ }
    const startAgain = await stopPostgres(at.folder)
    const asked: [string, string, unknown?][] = [
      ['POST', '/api/v1/actions', READ],
      ['POST', '/api/v1/actions', CLOSE],
      ['GET', `/api/v1/actions/${approved.id}`],
      ['GET', `/api/v1/actions/${approved.id}?wait=25`],
      ['POST', `/api/v1/actions/${approved.id}/grant`, {}],
      ['POST', `/api/v1/actions/${approved.id}/withdrawal`, {}],
      ['POST', `/api/v1/actions/${allowed.id}/outcome`, { status: 'succeeded', grant: allowed.grant?.token }],
      ['POST', '/api/v1/grants/introspect', introspection],
      ['POST', '/api/v1/runs', {}],
      ['POST', `/api/v1/runs/${run.id}/lease`, { seconds: 60 }],
      ['POST', `/api/v1/runs/${run.id}/conclusions`, { verdict: 'benign', summary: 'Nothing.' }],
      ['POST', '/api/v1/resources/ticket/SUP-1/firings', { summary: 'It fired.' }],
      ['POST', '/api/v1/resources/ticket/SUP-1/versions', { version: '2' }],
      ['GET', '/api/v1/halts/stream'],
      ['POST', '/api/v1/halts/hlt_00000000000000000000000000/acknowledgement', {}],
    ]
    // more than once: connections that broke, and connections that cannot be had
    for (let round = 0; round < 2; round++) {
      for (const [method, url, body] of asked) {
        const answer = await ask(at, method, url, token, body)
        expect({ url, status: answer.status, code: answer.code }).toEqual({
          url,
          status: 503,
          code: expect.stringMatching(/^(unavailable|cannot_record)$/) as string,
        })
        expect(answer.body).not.toHaveProperty('decision')
        expect(answer.body).not.toHaveProperty('active')
      }
      expect(await tokenOf(at)).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } })
      await expect(dana.post('/api/console/halts', { scope: 'organisation' })).rejects.toMatchObject({
        status: 503,
        code: 'unavailable',
      })
      // Claude Code runs its tool on any other answer than 200: it is told no
      const hook = await ask(at, 'POST', '/api/hooks/claude-code?event=PreToolUse', token, BASH)
      expect(hook.status).toBe(200)
      expect(JSON.stringify(hook.body)).toContain('"permissionDecision":"deny"')
      expect((await fetch(`${at.url}/api/ready`)).status).toBe(503)
      expect((await fetch(`${at.url}/api/health`)).status).toBe(200)
    }
    // what decides says so in its own word
    expect(await ask(at, 'POST', '/api/v1/actions', token, READ)).toMatchObject({ code: 'cannot_record' })

    startAgain()
    await expect
      .poll(async () => (await ask(at, 'POST', '/api/v1/actions', token, READ)).body['decision'], {
        timeout: 60_000,
        interval: 200,
      })
      .toBe('allow')
    // what stood before stands: the grant is good once, the approval can be claimed, the run goes on
    const stands = Date.now() < Date.parse(allowed.grant?.expires_at ?? '')
    expect((await ask(at, 'POST', '/api/v1/grants/introspect', token, introspection)).body).toMatchObject({
      active: stands,
    })
    expect((await ask(at, 'POST', '/api/v1/grants/introspect', token, introspection)).body).toMatchObject({
      active: false,
    })
    expect((await ask(at, 'POST', `/api/v1/actions/${approved.id}/grant`, token, {})).body).toMatchObject({
      grant: { token: expect.any(String) as string },
    })
    expect(await ask(at, 'POST', `/api/v1/runs/${run.id}/lease`, token, { seconds: 60 })).toMatchObject({ status: 200 })
    expect((await tokenOf(at)).status).toBe(200)
    await expect
      .poll(async () => (await fetch(`${at.url}/api/ready`)).status, { timeout: 30_000, interval: 200 })
      .toBe(200)
    // and the agent hears of halts again, without anybody having restarted anything
    const { id } = await dana.post<{ id: string }>('/api/console/halts', { scope: 'organisation' })
    await expect.poll(() => JSON.stringify(heard).includes(id), { timeout: 30_000, interval: 100 }).toBe(true)
    expect(await ask(at, 'POST', '/api/v1/actions', token, READ)).toMatchObject({ body: { decision: 'forbid' } })
    listening.abort()
    await hearing
  })
})
