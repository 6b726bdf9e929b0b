import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { GET as whoIsThere } from '@/app/api/console/sessions/current/route'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { answerDeviceLogin, findLogin } from '@/lib/people/answer-device-login'
import { sessionsOf } from '@/lib/people/read-own'
import { revokeSession } from '@/lib/people/revoke-session'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { run as login } from './login'
import { run as logout } from './logout'
import { run as whoami } from './whoami'

const database = await testDatabase()
const { app } = await testGateway(database)
await testOrganisation()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
// both halves of the server at one address, as in the real one: the machines' by Fastify, the console's by its own handler
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    void answer(request.method ?? '', request.url ?? '', request.headers, chunks).then(({ status, body }) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    )
  })
})
async function answer(method: string, url: string, headers: IncomingHttpHeaders, chunks: Buffer[]) {
  if (url === '/api/console/sessions/current') {
    const { authorization = '' } = headers
    const said = await whoIsThere(new Request(`http://localhost${url}`, { headers: { authorization } }))
    return { status: said.status, body: await said.text() }
  }
  const { statusCode, body } = await app.inject({
    method: method as 'POST',
    url,
    headers,
    payload: Buffer.concat(chunks),
  })
  // the console's own address, as PUBLIC_URL would say it
  return { status: statusCode, body: body.replaceAll('https://countersign.test', origin) }
}
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-login-'))
const kept = path.join(folder, 'countersign', 'logins.json')
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

type Run = typeof login
async function said(run: Run, args: string[], answered?: 'allowed' | 'refused') {
  let [out, error] = ['', '']
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) }
  const running = run(args, terminal, { XDG_CONFIG_HOME: folder }, new AbortController().signal)
  if (answered !== undefined) {
    await expect.poll(() => /code: {2}([A-Z]{4}-[A-Z]{4})/.exec(out)?.[1]).toBeDefined()
    const code = /code: {2}([A-Z]{4}-[A-Z]{4})/.exec(out)?.[1] ?? ''
    const { id } = await findLogin(database.db, dana, code, new Date())
    await transaction((tx) => answerDeviceLogin(tx, dana, { id, answer: answered }, new Date()))
  }
  return { exit: await running, out, error }
}

it('a person logs in, is themselves, and is told what to run when they ended it in the console', async () => {
  const nobody = await said(whoami, ['--server', origin])
  expect(nobody).toMatchObject({ exit: 3, error: expect.stringContaining(`npx countersign login --server ${origin}`) })

  const done = await said(login, ['--server', origin, '--machine', 'FIN-LT-0442'], 'allowed')
  expect(done).toMatchObject({ exit: 0, error: '' })
  expect(done.out).toContain(`Logged in at ${origin} as Dana Whitlock`)
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  expect(await said(whoami, [])).toMatchObject({ exit: 0, out: expect.stringContaining('Dana Whitlock') })

  const [line] = (await sessionsOf(database.db, dana.id, new Date())).filter(({ machine }) => machine === 'FIN-LT-0442')
  await transaction((tx) => revokeSession(tx, dana, line?.id ?? '', new Date()))
  expect(await said(whoami, [])).toMatchObject({
    exit: 3,
    error: expect.stringContaining(`Your login was ended or is over at ${origin}: run  npx countersign login`),
  })
})

it('a login that is refused keeps nothing, and one that is given up ends on the server too', async () => {
  const before = readFileSync(kept, 'utf8')
  expect(await said(login, ['--server', origin], 'refused')).toMatchObject({ exit: 1 })
  expect(readFileSync(kept, 'utf8')).toBe(before)

  expect((await said(login, ['--server', origin, '--machine', 'FIN-LT-0443'], 'allowed')).exit).toBe(0)
  const living = async () =>
    (await sessionsOf(database.db, dana.id, new Date())).filter(({ machine }) => machine === 'FIN-LT-0443').length
  expect(await living()).toBe(1)
  expect((await said(logout, [])).exit).toBe(0)
  expect(await living()).toBe(0)
  expect(readFileSync(kept, 'utf8')).not.toContain('cs_cli_')
})

it('a token crosses no plain http to another machine', async () => {
  expect(await said(login, ['--server', 'http://countersign.example.com'])).toMatchObject({
    exit: 2,
    error: expect.stringContaining('not https'),
  })
})
