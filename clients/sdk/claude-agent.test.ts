import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { allowed, going, refused, told } from '@/lib/gateway/hooks/answer'
import { governedHooks } from './claude-agent'

// A server that answers whatever is asked of it: what must be a no, whoever answers it.
let answers: { status: number; body: string }
let tokens = 0
const server = http.createServer((request, response) => {
  const token = request.url === '/oauth/token'
  if (token) tokens += 1
  const { status, body } = token ? { status: 200, body: '{"access_token":"t","expires_in":600}' } : answers
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.close()
})
const address = () => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`

async function ask(event: string, at = address()): Promise<unknown> {
  const hooks = governedHooks({ server: at, clientId: 'ag_x', clientSecret: 'y' })
  const [matcher] = hooks[event as keyof typeof hooks]
  return matcher?.hooks[0]?.({ hook_event_name: event }, undefined, { signal: new AbortController().signal })
}

it.each([
  [500, '{"hookSpecificOutput":{"permissionDecision":"allow"}}'],
  [401, '{}'],
  [200, ''],
  [200, '{}'],
  [200, 'null'],
  [200, '[]'],
  [200, 'allow'],
  [302, '{"continue":true}'],
  // a page that lets people onto a network, a proxy, an answer to another event
  [200, '{"status":"ok"}'],
  [200, '{"hookSpecificOutput":{}}'],
  [200, '{"hookSpecificOutput":{"hookEventName":"PostToolUse","permissionDecision":"allow","decision":{}}}'],
  [200, '{"continue":"true","hookSpecificOutput":{"hookEventName":"PreToolUse"}}'],
])('an answer of %i with %j is a denial', async (status, body) => {
  answers = { status, body }
  expect(await ask('PreToolUse')).toMatchObject({
    hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' },
  })
  expect(await ask('PermissionRequest')).toMatchObject({ hookSpecificOutput: { decision: { behavior: 'deny' } } })
  expect(await ask('UserPromptSubmit')).toMatchObject({ decision: 'block' })
})

it('nobody there is a denial; what only tells goes on', async () => {
  expect(await ask('PreToolUse', 'http://127.0.0.1:9')).toMatchObject({
    hookSpecificOutput: { permissionDecision: 'deny' },
  })
  expect(await ask('Stop', 'http://127.0.0.1:9')).toMatchObject({ continue: true })
})

it('a decision for another event, or none, is a denial; going on is an answer where the server gives it', async () => {
  answers = { status: 200, body: '{"continue":true}' }
  expect(await ask('PreToolUse')).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } })
  for (const event of ['PermissionRequest', 'UserPromptSubmit', 'Stop'])
    expect(await ask(event)).toEqual({ continue: true })
  answers = { status: 200, body: '{"status":"ok"}' }
  expect(await ask('Stop')).toMatchObject({
    continue: true,
    systemMessage: expect.stringContaining('no Countersign') as string,
  })
  const deny = {
    hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'deny', message: 'm' } },
  }
  answers = { status: 200, body: JSON.stringify(deny) }
  expect(await ask('PermissionRequest')).toEqual(deny)
})

it('a token that can only stop is not used again: after the lift the same hooks are let run', async () => {
  const hooks = governedHooks({ server: address(), clientId: 'ag_x', clientSecret: 'y' })
  const call = () =>
    hooks.PreToolUse[0]?.hooks[0]?.({ hook_event_name: 'PreToolUse' }, 'id', { signal: new AbortController().signal })
  const before = tokens
  const stopped = refused('PreToolUse', { reason: 'Countersign: This token can only stop. (stop_only)', stop: true })
  answers = { status: 200, body: JSON.stringify(stopped) }
  expect(await call()).toEqual(stopped)
  const allow = allowed('fine')
  answers = { status: 200, body: JSON.stringify(allow) }
  expect(await call()).toEqual(allow)
  expect(await call()).toEqual(allow)
  expect(tokens - before).toBe(2)
})

it('every answer the server has is taken as it is', async () => {
  const refusal = { reason: 'no', stop: true }
  const each: [string, object][] = [
    ['PreToolUse', allowed('yes', { a: 1 })],
    ['PermissionRequest', going()],
    ['UserPromptSubmit', told('UserPromptSubmit', 'governed')],
    ['SessionStart', told('SessionStart', 'governed')],
    ...[...Object.keys(governedHooks({ server: '', clientId: '', clientSecret: '' }))].flatMap((event) =>
      [refused(event, refusal), refused(event, { reason: 'no' })].map((said): [string, object] => [event, said]),
    ),
  ]
  for (const [event, said] of each) {
    answers = { status: 200, body: JSON.stringify(said) }
    expect(await ask(event)).toEqual(said)
  }
})

it('what the server answers is what the hook answers, on one token for many calls', async () => {
  const allow = { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow' } }
  answers = { status: 200, body: JSON.stringify(allow) }
  const hooks = governedHooks({ server: address(), clientId: 'ag_x', clientSecret: 'y', waitSeconds: 9_000 })
  const before = tokens
  const call = () =>
    hooks.PreToolUse[0]?.hooks[0]?.({ hook_event_name: 'PreToolUse' }, 'id', { signal: new AbortController().signal })
  expect(await Promise.all([call(), call(), call()])).toEqual([allow, allow, allow])
  expect(tokens - before).toBe(1)
  // every event blocks where the hook itself fails, and waits longer than the server does
  for (const [matcher] of Object.values(hooks)) expect(matcher).toMatchObject({ onFailure: 'block' })
  expect(hooks.PreToolUse[0]?.timeout).toBe(310)
})
