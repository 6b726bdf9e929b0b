import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { hookSessions, LISTS, saysOf } from '@/lib/gateway/hooks-testing'
import { publicId } from '@/lib/core/ids'
import { engage } from '@/lib/halt/engage'
import { forgetSessions } from '@/lib/runs/session'

const database = await testDatabase()
const gateway = await testGateway(database)
const { app, defects } = gateway
const { superuser } = database.pools
const { dana, session, send, command, entries, kinds, waiting, verdict } = await hookSessions(database, gateway)
afterAll(() => {
  expect(defects).toEqual([])
})

describe('a session', () => {
  it('is one run from its first event to its end, and what it did is in the ledger with its outcome', async () => {
    const at = await session()
    expect((await send(at, 'SessionStart', { source: 'startup' })).body).toMatchObject({
      continue: true,
      hookSpecificOutput: { hookEventName: 'SessionStart' },
    })
    await send(at, 'UserPromptSubmit', { prompt: 'Run the tests', prompt_id: randomUUID() })
    const asked = await command(at, 'npm test', '&wait=0', 'toolu_a')
    expect(saysOf(asked)).toMatchObject({ hookEventName: 'PreToolUse', permissionDecision: 'allow' })
    await send(at, 'PostToolUse', {
      tool_name: 'Bash',
      tool_input: { command: 'npm test' },
      tool_response: { stdout: 'ok\u0000', big: 1e300 },
      tool_use_id: 'toolu_a',
      duration_ms: 12,
    })
    await send(at, 'Stop', { stop_hook_active: false })
    expect((await send(at, 'SessionEnd', { reason: 'other' })).body).toEqual({ continue: true })
    expect(await kinds(at.agent)).toEqual([
      'hook_token.created',
      'run.opened',
      'run.reported',
      'run.instructed',
      'action.decided',
      'action.claimed',
      'action.completed',
      'run.reported',
      'run.closed',
    ])
    const { rows } = await superuser.query('SELECT status FROM action WHERE agent_id = $1', [at.agent.agentId])
    expect(rows).toEqual([{ status: 'succeeded' }])
  })

  it('whose calls fail or are broken off says so', async () => {
    const at = await session()
    for (const [id, more] of [
      ['toolu_f', { error: 'Exit code 1', is_interrupt: false }],
      ['toolu_i', { error: 'stopped', is_interrupt: true }],
    ] as const) {
      await command(at, 'npm test', '&wait=0', id)
      await send(at, 'PostToolUseFailure', { tool_name: 'Bash', tool_input: {}, tool_use_id: id, ...more })
    }
    const { rows } = await superuser.query<{ status: string }>(
      'SELECT status FROM action WHERE agent_id = $1 ORDER BY id',
      [at.agent.agentId],
    )
    expect(rows.map(({ status }) => status)).toEqual(['failed', 'aborted'])
  })

  it('in which a tool ran that nobody decided has that in the ledger', async () => {
    const at = await session()
    await send(at, 'PostToolUse', {
      tool_name: 'Bash',
      tool_input: { command: 'id' },
      tool_response: {},
      tool_use_id: 'x',
    })
    expect((await entries(at.agent)).find(({ kind }) => kind === 'run.reported')?.labels).toEqual(['undecided'])
  })

  it('of another agent is another one, whatever it calls itself', async () => {
    const [one, other] = [await session(), await session()]
    other.session = one.session
    await command(one, 'npm test', '', 'toolu_same')
    await send(other, 'PostToolUse', { tool_name: 'Bash', tool_response: {}, tool_use_id: 'toolu_same' })
    const { rows } = await superuser.query('SELECT status FROM action WHERE agent_id = $1', [one.agent.agentId])
    expect(rows).toEqual([{ status: 'claimed' }])
  })
})

describe('a call', () => {
  it('that the boundary forbids is denied, with why and its decision', async () => {
    const at = await session()
    const said = saysOf(await command(at, 'cd /tmp && rm -rf x'))
    expect(said.permissionDecision).toBe('deny')
    expect(said.permissionDecisionReason).toMatch(/forbids.*surfaces\.commands\.never.*act_/)
  })

  it('that waits is answered when a person has approved, and not before', async () => {
    const at = await session()
    let answered = false
    const asked = command(at, 'git push origin main', '&wait=60').finally(() => {
      answered = true
    })
    const found = await waiting(at.agent)
    expect(answered).toBe(false)
    await verdict(found, 'approve')
    expect(saysOf(await asked)).toMatchObject({ permissionDecision: 'allow' })
    expect(await kinds(at.agent)).toEqual(expect.arrayContaining(['action.granted', 'action.claimed']))
  })

  it('that a person rejects is denied', async () => {
    const at = await session()
    const asked = command(at, 'git push origin main', '&wait=60')
    await verdict(await waiting(at.agent), 'reject')
    expect(saysOf(await asked).permissionDecisionReason).toMatch(/rejected/)
  })

  it('whose time is over stays held, says where to approve it, and the identical retry finds the answer', async () => {
    const at = await session()
    const first = saysOf(await command(at, 'git push origin main'))
    expect(first.permissionDecision).toBe('deny')
    expect(first.permissionDecisionReason).toContain('https://countersign.test/approvals/apr_')
    await verdict(await waiting(at.agent), 'approve')
    expect(saysOf(await command(at, 'git push origin main'))).toMatchObject({ permissionDecision: 'allow' })
    // once
    expect(saysOf(await command(at, 'git push origin main')).permissionDecision).toBe('deny')
  })

  it('whose client dies while it waits stays held', async () => {
    const at = await session()
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const gone = new AbortController()
    const asked = fetch(`http://127.0.0.1:${port}/api/hooks/claude-code?event=PreToolUse&wait=600`, {
      method: 'POST',
      headers: { authorization: `Bearer ${at.token}` },
      body: JSON.stringify({
        session_id: at.session,
        hook_event_name: 'PreToolUse',
        tool_name: 'Bash',
        tool_input: { command: 'git push origin main' },
        cwd: '/srv/app',
      }),
      signal: gone.signal,
    })
    const found = await waiting(at.agent)
    gone.abort()
    await expect(asked).rejects.toThrow()
    await verdict(found, 'approve')
    expect(saysOf(await command(at, 'git push origin main'))).toMatchObject({ permissionDecision: 'allow' })
  })

  it('of a tool nobody knows is recorded and judged as unclassified', async () => {
    const at = await session()
    const said = saysOf(
      await send(
        at,
        'PreToolUse',
        { tool_name: 'TeleportTool', tool_input: { to: 'mars' }, tool_use_id: 't' },
        '&wait=0',
      ),
    )
    expect(said.permissionDecision).toBe('deny')
    const { rows } = await superuser.query('SELECT decision, reason_code FROM action WHERE agent_id = $1', [
      at.agent.agentId,
    ])
    expect(rows).toEqual([{ decision: 'hold', reason_code: 'unclassified_tool' }])
  })

  it('that brings untrusted content taints the run before it is let run', async () => {
    const at = await session({
      ...LISTS,
      autonomous: [{ tool: 'claude-code.WebFetch', when: null, reason: null, override: 'reads' }],
    })
    const fetched = await send(at, 'PreToolUse', {
      tool_name: 'WebFetch',
      tool_input: { url: 'https://example.org/', prompt: 'x' },
      tool_use_id: 'w',
    })
    expect(saysOf(fetched)).toMatchObject({ permissionDecision: 'allow' })
    const { rows } = await superuser.query<{ tainted: boolean }>(
      'SELECT tainted_at IS NOT NULL AS tainted FROM run WHERE agent_id = $1',
      [at.agent.agentId],
    )
    expect(rows).toEqual([{ tainted: true }])
  })

  it('of a session that is resumed is judged after what the session read before, however late it comes back', async () => {
    const fetching = { tool: 'claude-code.WebFetch', when: null, reason: null, override: 'reads' }
    const at = await session({ ...LISTS, autonomous: [fetching] })
    await send(at, 'PreToolUse', { tool_name: 'WebFetch', tool_input: { url: 'https://example.org/' } })
    expect(saysOf(await command(at, 'npm test')).permissionDecisionReason).toContain('nobody vouches for')
    await send(at, 'SessionEnd', { reason: 'other' })
    // the next morning: what the agent as a whole inherits is over, and so is what is kept of sessions that read nothing
    await superuser.query(`UPDATE agent SET tainted_until = now() - interval '1 hour' WHERE id = $1`, [
      at.agent.agentId,
    ])
    await superuser.query(`UPDATE hook_session SET heard_at = now() - interval '90 days' WHERE agent_id = $1`, [
      at.agent.agentId,
    ])
    const other = { ...at, session: randomUUID() }
    expect(saysOf(await command(other, 'npm test')).permissionDecision).toBe('allow')
    await forgetSessions(superuser, new Date())
    await send(at, 'UserPromptSubmit', { prompt: 'go on' })
    const resumed = saysOf(await command(at, 'npm test'))
    expect(resumed).toMatchObject({ permissionDecision: 'deny' })
    expect(resumed.permissionDecisionReason).toContain('nobody vouches for')
    const opened = (await entries(at.agent)).filter(({ kind }) => kind === 'run.opened')
    expect(opened.map(({ labels }) => labels)).toEqual([null, null, ['untrusted_content']])
  })

  it('that was let through and is asked about again is left to whoever sits there; another one is decided', async () => {
    const at = await session()
    await command(at, 'npm test')
    const asks = (text: string) =>
      send(at, 'PermissionRequest', { tool_name: 'Bash', tool_input: { command: text, description: 'd' } }, '&wait=0')
    expect((await asks('npm test')).body).toEqual({ continue: true })
    expect((await asks('rm -rf x')).body).toMatchObject({
      hookSpecificOutput: { decision: { behavior: 'deny' } },
    })
  })
})

describe('a halt', () => {
  it('denies the call and ends the session, also one that waits', async () => {
    const at = await session()
    const held = command(at, 'git push origin main', '&wait=600')
    await waiting(at.agent)
    await engage({ scope: 'agent', agent: at.agent.slug, reason: 'stop', by: dana.id, now: new Date() })
    const stopped = { continue: false, hookSpecificOutput: { permissionDecision: 'deny' } }
    expect((await held).body).toMatchObject(stopped)
    expect((await command(at, 'npm test')).body).toMatchObject(stopped)
    expect((await send(at, 'UserPromptSubmit', { prompt: 'go on' })).body).toMatchObject({
      continue: false,
      decision: 'block',
    })
    expect((await send(at, 'PostToolUse', { tool_use_id: 'none', tool_name: 'Bash' })).body).toMatchObject({
      continue: false,
    })
  })

  it('of this run ends this session and no other of the agent', async () => {
    const at = await session()
    const other = { ...at, session: randomUUID() }
    await command(at, 'npm test')
    await command(other, 'npm test')
    const { rows } = await superuser.query<{ run: string }>(
      'SELECT run_id::text AS run FROM hook_session WHERE agent_id = $1 AND session = $2',
      [at.agent.agentId, at.session],
    )
    const run = publicId('run', rows[0]?.run ?? '')
    await engage({ scope: 'run', run, reason: 'stop', by: dana.id, now: new Date() })
    expect((await command(at, 'npm test')).body).toMatchObject({ continue: false })
    expect(saysOf(await command(other, 'npm test'))).toMatchObject({ permissionDecision: 'allow' })
  })
})
