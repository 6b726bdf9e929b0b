import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { hookSessions, LISTS, saysOf } from '@/lib/gateway/hooks-testing'
import { noteSilent } from '@/lib/agents/note-silent'
import { alertFor } from '@/lib/alerts/alert'
import { parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { engage } from '@/lib/halt/engage'

const database = await testDatabase()
const gateway = await testGateway(database)
const { ask, defects, tokenOf } = gateway
const { superuser } = database.pools
const { dana, session, send, command, entries, waiting, verdict } = await hookSessions(database, gateway)
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

describe('a session nothing is heard of', () => {
  const begin = (token: string | null) => ask('POST', '/api/hooks/claude-code/beginning', token, {})
  const later = (minutes: number) => new Date(Date.now() + minutes * 60_000)
  const unheard = async ({ agent }: { agent: { agentId: string } }) =>
    (
      await superuser.query<{ labels: string[] }>(
        `SELECT convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE agent_id = $1 AND kind = 'hook_token.unheard' ORDER BY id`,
        [agent.agentId],
      )
    ).rows.map(({ labels }) => labels[0])
  const look = (minutes: number) => transaction((db) => noteSilent(db, later(minutes)))

  it('began on its machine: it is recorded after ten minutes, once for each beginning', async () => {
    const at = await session()
    expect((await begin(at.token)).body).toEqual({ begins: true })
    await look(9)
    expect(await unheard(at)).toEqual([])
    await look(11)
    await look(12)
    expect(await unheard(at)).toEqual(['session_began'])
  })

  it('that asks is none', async () => {
    const at = await session()
    await begin(at.token)
    await command(at, 'npm test')
    await look(90)
    expect(await unheard(at)).toEqual([])
  })

  it('that asks is none, however soon after another one it begins', async () => {
    const at = await session()
    for (let sessions = 0; sessions < 3; sessions++) {
      await begin(at.token)
      await command(at, 'npm test')
    }
    await look(90)
    expect(await unheard(at)).toEqual([])
  })

  it('whose token was made and never used is recorded after an hour', async () => {
    const at = await session()
    await look(59)
    expect(await unheard(at)).toEqual([])
    await look(61)
    expect(await unheard(at)).toEqual(['token_made'])
  })

  it('does not begin with a token that does not stand, or under a halt', async () => {
    for (const token of [null, 'cs_hook_'.padEnd(51, 'x')])
      expect(await begin(token)).toMatchObject({ status: 200, body: { begins: false } })
    const at = await session()
    await engage({ scope: 'agent', agent: at.agent.slug, reason: 'stop', by: dana.id, now: new Date() })
    expect(await begin(at.token)).toMatchObject({ status: 200, body: { begins: false } })
  })

  it('raises an alert by its entry, and so does a tool that ran undecided', () => {
    const entry = { outcome: null, agentId: 'a' }
    expect(alertFor({ ...entry, kind: 'hook_token.unheard' })).toMatchObject({ kind: 'hooks_silent' })
    expect(alertFor({ ...entry, kind: 'run.reported', labels: ['undecided'] })).toMatchObject({ kind: 'hooks_silent' })
    expect(alertFor({ ...entry, kind: 'run.reported', labels: ['unknown_event'] })).toBeNull()
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
