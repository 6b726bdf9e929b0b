import { describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { askDeviceLogin } from '@/lib/people/ask-device-login'
import { claimDeviceLogin } from '@/lib/people/claim-device-login'
import { cookieOfActor, testCommandLine, testOrganisation, TEST_ORIGIN, testPerson } from '@/lib/people/testing'
import { GET as whoAmI } from '../sessions/current/route'
import { POST as answer } from './[id]/answer/route'
import { POST as find } from './route'

const database = await testDatabase()
await testLedger(database)
const administrator = await testOrganisation()
const dana = await testPerson(['analyst'])
const FORM = 'application/x-www-form-urlencoded'

async function form(actor: Actor, fields: Record<string, string>, page: string): Promise<Request> {
  return new Request(`${TEST_ORIGIN}/api/console/device-logins`, {
    method: 'POST',
    headers: {
      origin: TEST_ORIGIN,
      referer: `${TEST_ORIGIN}${page}`,
      'content-type': FORM,
      cookie: await cookieOfActor(actor),
    },
    body: new URLSearchParams(fields).toString(),
  })
}
const open = () => askDeviceLogin(database.db, { machine: 'build-7', userAgent: '', address: '127.0.0.1' }, new Date())

describe('the forms of /device, without JavaScript', () => {
  it('lead from the code to what asks, and from the answer to what came of it', async () => {
    const { deviceCode, userCode } = await open()
    const found = await find(await form(dana, { user_code: userCode.toLowerCase() }, '/device'))
    expect(found.status).toBe(303)
    const location = found.headers.get('location') ?? ''
    expect(location).toMatch(/^\/device\/[0-9a-f-]{36}$/)
    const id = location.slice('/device/'.length)
    const answered = await answer(await form(dana, { answer: 'allowed' }, location), {
      params: Promise.resolve({ id }),
    })
    expect([answered.status, answered.headers.get('location')]).toEqual([303, location])
    expect(await database.db.$transaction((tx) => claimDeviceLogin(tx, deviceCode, new Date()))).toMatchObject({
      says: 'token',
    })
  })

  it('say on their own page what is wrong with a code', async () => {
    for (const code of ['', 'WDJB', 'BBBB-BBBB']) {
      const refused = await find(await form(dana, { user_code: code }, '/device?user_code=WDJB'))
      expect(refused.status).toBe(303)
      expect(refused.headers.get('location')).toMatch(/^\/device\?user_code=WDJB&said=/)
    }
  })

  it('take no answer but the two, and none of a login that somebody else found', async () => {
    const { userCode } = await open()
    const found = await find(await form(dana, { user_code: userCode }, '/device'))
    const id = (found.headers.get('location') ?? '').slice('/device/'.length)
    const context = { params: Promise.resolve({ id }) }
    for (const [actor, said] of [
      [dana, { answer: 'yes' }],
      [administrator, { answer: 'allowed' }],
    ] as const) {
      const refused = await answer(await form(actor, said, `/device/${id}`), context)
      expect(refused.headers.get('location')).toContain('said=')
    }
    const { rows } = await database.pools.superuser.query('SELECT answer FROM device_login WHERE id = $1', [id])
    expect(rows).toEqual([{ answer: null }])
  })
})

it('a command line says whose it is, whatever cookie travels along', async () => {
  const token = await testCommandLine(dana)
  const response = await whoAmI(
    new Request(`${TEST_ORIGIN}/api/console/sessions/current`, {
      headers: { authorization: `Bearer ${token}`, cookie: await cookieOfActor(administrator) },
    }),
  )
  expect(await response.json()).toMatchObject({
    person: { id: dana.id, roles: ['analyst'] },
    via: 'command_line',
    machine: 'a test',
  })
})
