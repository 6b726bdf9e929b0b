import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { actorOfBearer } from '@/lib/people/actor-read'
import { answerDeviceLogin, findLogin } from '@/lib/people/answer-device-login'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { askToBeLetIn, giveBack, waitForAnswer, type Asked } from './device'

const database = await testDatabase()
const { app } = await testGateway(database)
const elsewhere = await app.listen({ port: 0, host: '127.0.0.1' })
// the same server at the address its pages are named by, as PUBLIC_URL would say it
const proxy = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method, url: path = '', headers } = request
    void app
      .inject({ method: method as 'POST', url: path, headers, payload: Buffer.concat(chunks) })
      .then(({ statusCode, body }) =>
        response
          .writeHead(statusCode, { 'content-type': 'application/json' })
          .end(body.replaceAll('https://countersign.test', url)),
      )
  })
})
await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`
await testOrganisation()
const dana = await testPerson(['analyst'])
const broken = createServer((_, response) => response.writeHead(503, { 'content-type': 'application/json' }).end('{}'))
await new Promise<void>((done) => broken.listen(0, '127.0.0.1', done))
const brokenUrl = `http://127.0.0.1:${String((broken.address() as AddressInfo).port)}`
afterAll(() => {
  broken.close()
  proxy.close()
})

async function answered(login: Asked, answer: 'allowed' | 'refused'): Promise<void> {
  const { id } = await findLogin(database.db, dana, login.user_code, new Date())
  await transaction((tx) => answerDeviceLogin(tx, dana, { id, answer }, new Date()))
}
const speaksFor = (token: string) => actorOfBearer(database.db, `Bearer ${token}`)

describe('a command line that logs in', () => {
  it('sends nobody to a page of another address', async () => {
    await expect(askToBeLetIn(elsewhere, 'build-7')).rejects.toThrow(
      `${elsewhere} sends you to https://countersign.test, which is another address.`,
    )
  })

  it('goes on when it is let in while it waits, and can give its token back', async () => {
    const login = await askToBeLetIn(url, 'build-7')
    const waiting = waitForAnswer(url, { ...login, interval: 0.2 })
    await answered(login, 'allowed')
    const { token, expiresAt } = await waiting
    expect(await speaksFor(token)).toMatchObject({ id: dana.id, commandLine: true })
    expect(Math.abs(expiresAt.getTime() - Date.now() - 8 * 3_600_000)).toBeLessThan(60_000)
    await giveBack(url, token)
    expect(await speaksFor(token)).toBeUndefined()
  })

  it('says so when it is refused', async () => {
    const login = await askToBeLetIn(url, 'build-7')
    await answered(login, 'refused')
    await expect(waitForAnswer(url, { ...login, interval: 0.1 })).rejects.toThrow('Refused: nothing was logged in.')
  })

  it('asks less often when it is told to', async () => {
    const login = await askToBeLetIn(url, 'build-7')
    const polled = async () =>
      (
        await database.pools.superuser.query<{ interval_seconds: number }>(
          'SELECT interval_seconds FROM device_login WHERE user_code = $1',
          [login.user_code.replace('-', '')],
        )
      ).rows[0]?.interval_seconds
    const stop = new AbortController()
    const waiting = waitForAnswer(url, { ...login, interval: 0.1 }, stop.signal)
    waiting.catch(() => undefined)
    await expect.poll(polled).toBe(8)
    // had it asked again after a tenth of a second, it would be slowed down further
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await polled()).toBe(8)
    stop.abort()
    await expect(waiting).rejects.toThrow('Stopped: nothing was logged in.')
  })

  it('gives up in time at a server that fails, and says what one refuses or does not answer', async () => {
    const login = await askToBeLetIn(url, 'build-7')
    await expect(waitForAnswer(brokenUrl, { ...login, interval: 0.05, expires_in: 0.5 })).rejects.toThrow(
      'Nobody answered in time.',
    )
    await expect(waitForAnswer(url, { ...login, device_code: 'A'.repeat(43), interval: 0.05 })).rejects.toThrow(
      /refused: The device code is not known/,
    )
    await expect(askToBeLetIn(url, 'lap\u202etop')).rejects.toThrow(/refused: machine is at most/)
    await expect(askToBeLetIn(brokenUrl, 'build-7')).rejects.toThrow(/refused: it answered 503/)
    await expect(askToBeLetIn('http://127.0.0.1:1', 'build-7')).rejects.toThrow('http://127.0.0.1:1 does not answer.')
  })
})
