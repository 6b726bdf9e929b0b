import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { createToken } from '@/lib/people/create-token'
import { ACTS } from '@/lib/people/acts'
import { overCommandLine } from '@/lib/people/command-line'
import { isRead, mightEver, type Act } from '@/lib/people/permission'
import { cookieOfActor, testCommandLine, testOrganisation, TEST_ORIGIN, testPerson } from '@/lib/people/testing'

/** Every address of the console's API that answers people who are not signed in. The list is closed: adding one is a decision. */
const PUBLIC = [
  'POST first-run/[token]',
  'POST joins/[token]',
  'POST new-passwords/[token]',
  'POST sessions',
  'POST theme',
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
type Handler = ((request: Request, context: { params: Promise<unknown> }) => Promise<Response>) & {
  permission?: string
}

const database = await testDatabase()
await testLedger(database)
const administrator = await testOrganisation()
const people: Record<string, Actor> = {
  administrator,
  ciso: await testPerson(['ciso']),
  analyst: await testPerson(['analyst']),
  auditor: await testPerson(['auditor']),
  nobody: await testPerson([]),
}
const { token } = await createToken(database.db, administrator, { name: 'everything', days: 1 }, new Date())
const commandLine = await testCommandLine(administrator)

const here = import.meta.dirname
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts')
  .toSorted()
const handlers: { name: string; method: string; handler: Handler }[] = []
for (const file of files) {
  const route = (await import(/* @vite-ignore */ path.join(here, file))) as Record<string, Handler>
  for (const method of METHODS) {
    const handler = route[method]
    if (handler) handlers.push({ name: `${method} ${path.dirname(file)}`, method, handler })
  }
}
const guarded = handlers.filter(({ handler }) => handler.permission !== 'public')

const params = Promise.resolve({ id: '019a0000-0000-7000-8000-000000000001', token: 'x', slug: 'none', version: '1' })
function ask(
  { method, handler }: { method: string; handler: Handler },
  headers: Record<string, string>,
): Promise<Response> {
  const body = method === 'GET' || method === 'HEAD' ? undefined : '{}'
  const said: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const request = new Request(`${TEST_ORIGIN}/api/console/x`, { method, headers: { ...said, ...headers }, body })
  return handler(request, { params })
}
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

describe('every address of the console’s API', () => {
  it('is found', () => {
    expect(handlers.length).toBeGreaterThan(20)
  })

  it.each(handlers)('$name names an act of the permission table, or is one of the public ones', ({ name, handler }) => {
    if (PUBLIC.includes(name)) expect(handler.permission).toBe('public')
    else expect(Object.keys(ACTS)).toContain(handler.permission)
  })

  it.each(handlers.filter(({ method }) => method === 'GET'))('$name only reads', ({ handler }) => {
    expect(
      handler.permission === 'session.read' || handler.permission === 'token.read' || isRead(handler.permission as Act),
    ).toBe(true)
  })

  it.each(handlers.filter(({ method }) => method !== 'GET'))('$name refuses another site', async (each) => {
    const headers = { origin: 'https://evil.example', cookie: await cookieOfActor(administrator) }
    const response = await ask(each, headers)
    expect(response.status).toBe(403)
    expect(await codeOf(response)).toBe('cross_site')
  })

  it.each(guarded)('$name refuses whoever is not signed in', async (each) => {
    for (const cookie of ['', 'countersign-3000=nonsense']) {
      const response = await ask(each, { origin: TEST_ORIGIN, cookie })
      expect(response.status).toBe(401)
      expect(await codeOf(response)).toBe('unauthenticated')
    }
  })

  it.each(guarded)('$name refuses a token that is none', async (each) => {
    const headers = {
      origin: TEST_ORIGIN,
      authorization: `Bearer cst_${'A'.repeat(43)}`,
      cookie: await cookieOfActor(administrator),
    }
    const response = await ask(each, headers)
    expect(response.status).toBe(401)
    expect(await codeOf(response)).toBe('invalid_credential')
  })

  it.each(guarded.filter(({ handler }) => !isRead(handler.permission as Act)))(
    '$name refuses a read-only token, even of an administrator with a session',
    async (each) => {
      const headers = {
        origin: TEST_ORIGIN,
        authorization: `Bearer ${token}`,
        cookie: await cookieOfActor(administrator),
      }
      const response = await ask(each, headers)
      expect(response.status).toBe(403)
      expect(await codeOf(response)).toBe('not_permitted')
    },
  )

  it.each(guarded.filter(({ handler }) => !overCommandLine(handler.permission ?? '')))(
    '$name refuses a command line, even of an administrator with a session',
    async (each) => {
      const headers = {
        origin: TEST_ORIGIN,
        authorization: `Bearer ${commandLine}`,
        cookie: await cookieOfActor(administrator),
      }
      const response = await ask(each, headers)
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({
        code: 'not_permitted',
        detail: expect.stringMatching(/^The command line does not do this/),
      })
    },
  )

  it.each(guarded)('$name refuses everybody whom the table refuses, with the reason', async (each) => {
    for (const actor of Object.values(people)) {
      const permission = mightEver(actor, each.handler.permission as Act)
      if (permission.ok) continue
      const response = await ask(each, { origin: TEST_ORIGIN, cookie: await cookieOfActor(actor) })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'not_permitted', detail: permission.reason })
    }
  })

  it.each(handlers.filter(({ method }) => method !== 'GET'))(
    '$name refuses a body over 1 MB, and what is neither JSON nor a form',
    async (each) => {
      const headers = { origin: TEST_ORIGIN, cookie: await cookieOfActor(administrator) }
      const request = (type: string, body: string) =>
        each.handler(
          new Request(`${TEST_ORIGIN}/api/console/x`, {
            method: each.method,
            body,
            headers: { ...headers, 'content-type': type },
          }),
          { params },
        )
      const permitted =
        each.handler.permission === 'public' || mightEver(administrator, each.handler.permission as Act).ok
      const [large, strange, twice] = [
        await request('application/json', `{"x":"${'a'.repeat(1_048_576)}"}`),
        await request('multipart/form-data; boundary=x', '--x--'),
        await request('application/json', '{"a":1,"a":2}'),
      ]
      expect([large.status, strange.status, twice.status]).toEqual(permitted ? [413, 415, 400] : [403, 403, 403])
    },
  )
})
