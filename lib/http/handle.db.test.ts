import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fault } from '@/lib/core/fault'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { openFlash } from '@/lib/people/session-flash'
import { cookieOfActor, testOrganisation, TEST_ORIGIN } from '@/lib/people/testing'
import { handle } from './handle'

const database = await testDatabase()
await testLedger(database)
const administrator = await testOrganisation()
const cookie = await cookieOfActor(administrator)

const rename = handle(
  {
    permission: 'team.edit',
    input: z.strictObject({ name: z.string().min(3, 'Three characters or more.'), password: z.string().optional() }),
  },
  async ({ db, input }) => {
    await db.organisation.update({ where: { id: 1 }, data: { name: input.name } })
    if (input.name === 'refused') throw fault('conflict', { field: 'name', detail: 'Somebody was faster.' })
    if (input.name === 'defect') throw new Error('the secret inside')
    return { named: input.name }
  },
  {
    then: ({ named }) => `/settings?named=${named}`,
    say: ({ named }) => ({ text: `Named ${named}.`, secret: 'shown-once' }),
  },
)

function post(body: string, type: string, headers: Record<string, string> = {}) {
  return rename(
    new Request(`${TEST_ORIGIN}/api/console/rename`, {
      method: 'POST',
      headers: { origin: TEST_ORIGIN, 'content-type': type, 'x-request-id': 'req_1', cookie, ...headers },
      body,
    }),
  )
}
const json = (value: unknown) => post(JSON.stringify(value), 'application/json')
const form = (body: string, headers?: Record<string, string>) =>
  post(body, 'application/x-www-form-urlencoded', headers)
const nameNow = async () => (await database.db.organisation.findUniqueOrThrow({ where: { id: 1 } })).name

async function flashOf(response: Response) {
  const location = new URL(response.headers.get('location') ?? '', TEST_ORIGIN)
  const said = response.headers.getSetCookie().find((each) => each.startsWith('countersign-said='))
  return { location, flash: await openFlash(said?.split(';')[0] ?? null, location.searchParams.get('said')), said }
}

describe('a program', () => {
  it('gets JSON, never stored anywhere', async () => {
    const response = await json({ name: 'Quillhaven' })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({ named: 'Quillhaven' })
    expect(await nameNow()).toBe('Quillhaven')
  })

  it('gets a problem document with the field and the request, and nothing is changed', async () => {
    const response = await json({ name: 'refused' })
    expect(response.status).toBe(409)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({
      code: 'conflict',
      field: 'name',
      detail: 'Somebody was faster.',
      request_id: 'req_1',
    })
    expect(await nameNow()).toBe('Quillhaven')
  })

  it.each([
    [{}, 'name', 'Fill this in.'],
    [{ name: 'ab' }, 'name', 'Three characters or more.'],
    [{ name: 'abc', extra: 1 }, 'extra', 'There is no such field here.'],
    [{ name: 7 }, 'name', /./],
  ])('%j is refused with the field', async (value, field, detail) => {
    const response = await json(value)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'invalid_request',
      field,
      errors: [{ field, detail: expect.stringMatching(detail) }],
    })
  })

  it.each([
    'null',
    '[]',
    '"x"',
    '7',
    '{"name":"abc","__proto__":{}}',
    '{"name":"abc","name":"abd"}',
    '{',
    '{"name":"\ud800"}',
  ])('body %s is refused', async (body) => {
    expect((await post(body, 'application/json')).status).toBe(400)
  })

  it('never sees inside a defect', async ({ onTestFinished }) => {
    const logged: unknown[] = []
    const real = console.error
    console.error = (...said: unknown[]) => void logged.push(said)
    onTestFinished(() => {
      console.error = real
    })
    const response = await json({ name: 'defect' })
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).not.toMatch(/secret|Error|\bat\b.*:\d+/)
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', request_id: 'req_1' })
    expect(logged).toHaveLength(1)
    expect(await nameNow()).toBe('Quillhaven')
  })
})

describe('a plain form', () => {
  it('is led on, with what to say there, once and to this browser alone', async () => {
    const response = await form('name=Quillhaven')
    expect(response.status).toBe(303)
    const { location, flash, said } = await flashOf(response)
    expect(location.pathname).toBe('/settings')
    expect(location.searchParams.get('named')).toBe('Quillhaven')
    expect(flash).toMatchObject({
      form: '/api/console/rename',
      notice: { text: 'Named Quillhaven.', secret: 'shown-once' },
    })
    expect(said).toMatch(/; HttpOnly; SameSite=Lax/)
    expect(said).not.toContain('shown-once')
    expect(await openFlash(said?.split(';')[0] ?? null, 'another')).toBeUndefined()
  })

  it('is led back to its page with the errors and what was typed, but no secret', async () => {
    const response = await form('name=ab&password=hunter2hunter2', {
      referer: `${TEST_ORIGIN}/settings/people?page=2&said=old`,
    })
    const { location, flash } = await flashOf(response)
    expect(location.pathname + location.search).toMatch(/^\/settings\/people\?page=2&said=[\w-]+$/)
    expect(flash).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'name', detail: 'Three characters or more.' }],
      values: { name: 'ab' },
    })
    expect(JSON.stringify(flash)).not.toContain('hunter2')
  })

  it('is never led to another site', async () => {
    for (const referer of ['https://evil.example//evil.example/x', 'nonsense', 'javascript:alert(1)']) {
      const { location } = await flashOf(await form('name=ab', { referer }))
      expect(location.origin).toBe(TEST_ORIGIN)
    }
  })

  it('without a session is led to the sign-in page and back', async () => {
    const response = await form('name=abc', { cookie: '', referer: `${TEST_ORIGIN}/settings/people` })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/login?next=%2Fsettings%2Fpeople')
  })

  it('of another site is refused where it stands', async () => {
    expect((await form('name=abc', { origin: 'https://evil.example' })).status).toBe(403)
    expect(await nameNow()).toBe('Quillhaven')
  })
})
