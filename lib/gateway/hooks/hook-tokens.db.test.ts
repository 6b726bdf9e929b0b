import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { hookSessions, LISTS, saysOf } from '@/lib/gateway/hooks-testing'
import { parsePublicId } from '@/lib/core/ids'

const database = await testDatabase()
const gateway = await testGateway(database)
const { ask, defects, tokenOf } = gateway
const { superuser } = database.pools
const { session, send, command, entries, waiting, verdict } = await hookSessions(database, gateway)
afterAll(() => {
  expect(defects).toEqual([])
})

describe('a hook token', () => {
  it('is good for the hooks alone, is kept as its hash, and dies at once when it is revoked', async () => {
    const at = await session()
    expect(saysOf(await command(at, 'npm test'))).toMatchObject({ permissionDecision: 'allow' })
    for (const [method, url] of [
      ['POST', '/api/v1/actions'],
      ['POST', '/api/v1/runs'],
      ['GET', '/api/v1/hook-tokens'],
      ['POST', '/api/v1/hook-tokens'],
    ] as const)
      expect((await ask(method, url, at.token, method === 'POST' ? {} : undefined)).status).toBe(401)
    const { rows } = await superuser.query<{ text: string }>(
      'SELECT t::text AS text FROM hook_token t WHERE agent_id = $1',
      [at.agent.agentId],
    )
    expect(JSON.stringify(rows)).not.toContain(at.token)
    const gone = await ask('POST', `/api/v1/hook-tokens/${at.tokenId}/revocation`, await tokenOf(at.agent), {})
    expect(gone.body.tokens).toMatchObject([{ state: 'revoked', machine: 'laptop-7' }])
    expect(saysOf(await command(at, 'npm test'))).toMatchObject({ permissionDecision: 'deny' })
  })

  it('that is revoked while its call waits lets nothing through after the approval', async () => {
    const at = await session()
    const asked = command(at, 'git push origin main', '&wait=60')
    const found = await waiting(at.agent)
    await ask('POST', `/api/v1/hook-tokens/${at.tokenId}/revocation`, await tokenOf(at.agent), {})
    await verdict(found, 'approve')
    expect(saysOf(await asked)).toMatchObject({ permissionDecision: 'deny' })
  })

  it('dies with its credential and with its time, and lives no longer than a day', async () => {
    const at = await session()
    const token = await tokenOf(at.agent)
    expect((await ask('POST', '/api/v1/hook-tokens', token, { hours: 25 })).body).toMatchObject({
      code: 'invalid_request',
    })
    await superuser.query(
      `UPDATE hook_token SET made_at = now() - interval '2 days', expires_at = now() - interval '1 second' - interval '1 day' WHERE id = $1`,
      [parsePublicId('hook', at.tokenId)],
    )
    expect(saysOf(await command(at, 'npm test'))).toMatchObject({ permissionDecision: 'deny' })
    const other = await session()
    await superuser.query('UPDATE credential SET revoked_at = now() WHERE agent_id = $1', [other.agent.agentId])
    expect(saysOf(await command(other, 'npm test'))).toMatchObject({ permissionDecision: 'deny' })
  })

  it('cannot be made to outlive itself or come back by the login the server serves as', async () => {
    const at = await session()
    const id = parsePublicId('hook', at.tokenId)
    const asApp = (text: string) => database.pools.app.query(text, [id])
    await expect(asApp(`UPDATE hook_token SET expires_at = now() WHERE id = $1`)).rejects.toMatchObject({
      code: '42501',
    })
    await expect(asApp(`UPDATE hook_token SET hash = '\\x00' WHERE id = $1`)).rejects.toMatchObject({ code: '42501' })
    await expect(asApp(`DELETE FROM hook_token WHERE id = $1`)).rejects.toMatchObject({ code: '42501' })
    await asApp(`UPDATE hook_token SET revoked_at = now() WHERE id = $1`)
    await expect(asApp(`UPDATE hook_token SET revoked_at = NULL WHERE id = $1`)).rejects.toMatchObject({
      code: '42501',
    })
  })

  it('has an access token as its equal', async () => {
    const at = await session()
    at.token = await tokenOf(at.agent)
    expect(saysOf(await command(at, 'npm test'))).toMatchObject({ permissionDecision: 'allow' })
  })
})

describe('whatever is wrong', () => {
  const raw = (token: string | null, body: string | Buffer, query = '?event=PreToolUse', headers = {}) =>
    ask('POST', `/api/hooks/claude-code${query}`, token, body, headers)
  const deny = { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' } }

  it('is 200 and a denial: no token, a wrong one, no JSON, half of it, too much of it, another type', async () => {
    const { token } = await session()
    const fine = JSON.stringify({ hook_event_name: 'PreToolUse', session_id: 's', tool_name: 'Bash', tool_input: {} })
    const answers = [
      await raw(null, fine),
      await raw('cs_hook_'.padEnd(51, 'x'), fine),
      await raw('nonsense', fine),
      await raw(token, 'not json'),
      await raw(token, fine.slice(0, -4)),
      await raw(token, ''),
      await raw(token, '[]'),
      await raw(token, '{"hook_event_name":"PreToolUse"}'),
      await raw(token, fine.replace('"s"', '"s","session_id":"t"')),
      await raw(token, Buffer.alloc(9 * 1_048_576, 0x20)),
      await raw(token, fine.replace('{}', `{"command":"${'x'.repeat(1_100_000)}"}`)),
      await raw(token, 'a=1', '?event=PreToolUse', { 'content-type': 'application/x-www-form-urlencoded' }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject(deny)
    }
  })

  it('is told apart by the body where the address does not name the event', async () => {
    const { token } = await session()
    expect((await raw(token, '{"hook_event_name":"PreToolUse",', '')).body).toMatchObject(deny)
    expect((await raw(token, '{"hook_event_name":"UserPromptSubmit",', '')).body).toMatchObject({ decision: 'block' })
    expect((await raw(token, 'x', '')).body).toMatchObject({ decision: 'block' })
  })

  it('an event nobody knows is recorded, judged as unclassified, and answered', async () => {
    const at = await session()
    const answer = await send(at, 'PreTeleport', { to: 'mars' })
    expect(answer.body).toMatchObject({ decision: 'block' })
    expect((await entries(at.agent)).find(({ kind }) => kind === 'run.reported')?.labels).toEqual(['unknown_event'])
    const { rows } = await superuser.query('SELECT decision, reason_code FROM action WHERE agent_id = $1', [
      at.agent.agentId,
    ])
    expect(rows).toEqual([{ decision: 'hold', reason_code: 'unclassified_tool' }])
  })

  it('a run too many is a denial', async () => {
    const at = await session({ ...LISTS, limits: { concurrent_runs: 1 } })
    await command(at, 'npm test')
    const answer = await command({ ...at, session: randomUUID() }, 'npm test')
    expect(saysOf(answer)).toMatchObject({ permissionDecision: 'deny' })
    expect(saysOf(answer).permissionDecisionReason).toContain('too_many_runs')
  })

  it('what a person typed is kept or only counted, as the address says', async () => {
    const at = await session()
    await send(at, 'UserPromptSubmit', { prompt: 'Refund everybody' }, '&prompts=count')
    const entry = (await entries(at.agent)).find(({ kind }) => kind === 'run.instructed')
    expect(entry?.labels).toEqual(['words_not_kept'])
  })
})
