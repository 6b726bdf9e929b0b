import { randomBytes } from 'node:crypto'
import { afterEach, expect, it, vi } from 'vitest'
import { POINT_PREFIX } from '@/lib/agents/enforcement-point'
import { HOOK_TOKEN_PREFIX } from '@/lib/agents/hook-token'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { act, evaluation, fixture, record, user } from '@/lib/gateway/authzen-testing'
import { readingsSince } from '@/lib/gateway/gateway-testing'

const database = await testDatabase()
const { gateway, alice, point, ask } = await fixture(database)
const READ = evaluation(user('alice'), act('read'), record('record-1'))
const HOOK = '/api/hooks/claude-code?event=PreToolUse'
const guess = (prefix: string) => prefix + randomBytes(32).toString('base64url')
const MANY = 400
afterEach(() => {
  vi.restoreAllMocks()
})

const doors: [name: string, prefix: string, send: (token: string) => Promise<{ status: number; body: unknown }>][] = [
  ['an enforcement point', POINT_PREFIX, (token) => ask('evaluation', READ, token)],
  ['a hook', HOOK_TOKEN_PREFIX, (token) => gateway.ask('POST', HOOK, token, {})],
]

it.each(doors)('a flood of guessed tokens of %s costs the database next to nothing', async (_, prefix, send) => {
  await send(guess(prefix))
  const reads = vi.spyOn(pool('app'), 'query')
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: MANY }, () => send(guess(prefix))))
  // a hook is always answered with 200, and says no
  for (const { status, body } of answers)
    expect(status === 401 || JSON.stringify(body).includes('invalid_credential')).toBe(true)
  expect(reads.mock.calls.length).toBeGreaterThan(0)
  expect(reads.mock.calls.length).toBeLessThanOrEqual(MANY / 10 + readingsSince(began))
})

it('a true token gets through the flood, also one that was made a moment ago, and a revoked one at no time', async () => {
  const flood = Promise.all(
    doors.flatMap(([, prefix, send]) => Array.from({ length: MANY }, () => send(guess(prefix)))),
  )
  expect(await ask('evaluation', READ, point.token)).toMatchObject({ status: 200, body: { decision: true } })
  const made = await gateway.ask('POST', '/api/v1/hook-tokens', await gateway.tokenOf(alice), { machine: 'laptop-7' })
  const call = { hook_event_name: 'PreToolUse', session_id: 's', tool_name: 'Read', tool_input: { file_path: '/a' } }
  const said = await gateway.ask('POST', HOOK, made.body.token as string, call)
  expect(JSON.stringify(said.body)).not.toContain('invalid_credential')
  await flood
  await database.pools.superuser.query('UPDATE enforcement_point SET revoked_at = now() WHERE id = $1', [point.id])
  expect((await ask('evaluation', READ, point.token)).status).toBe(401)
})
