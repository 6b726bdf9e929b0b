import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CountersignClient } from './client'

// Something that answers in a server's place, as a broken proxy or somebody in between would: what must run nothing, whoever says it.
type Said = { status: number; body: string; headers?: Record<string, string> }
let said: Said
const server = http.createServer((request, response) => {
  const token = { status: 200, body: '{"access_token":"t","expires_in":600}' }
  const { status, body, headers }: Said = request.url === '/oauth/token' ? token : said
  request.resume()
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
const address = () => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
const GRANT = { token: 'cs_grant_x', expires_at: '2030-01-01T00:00:00.000Z' }
const ALLOWED = {
  id: 'act_1',
  decision: 'allow',
  status: 'allowed',
  reason: { code: 'autonomous', text: '' },
  grant: GRANT,
  edited: null,
}

/** How a proposal ends whose answer is this one: whether its work ran, and the refusal there is. */
async function performed(answer: Said): Promise<{ ran: boolean; code?: string }> {
  said = answer
  let ran = false
  const client = new CountersignClient({ server: address(), clientId: 'ag_x', clientSecret: 'y', patienceSeconds: 0 })
  const work = async () => {
    ran = true
  }
  return client.perform({ tool: 'crm.refund' }, work).then(
    () => ({ ran }),
    (error: { code: string }) => ({ ran, code: error.code }),
  )
}
const ok = (body: unknown): Said => ({ status: 200, body: JSON.stringify(body) })

it('an allow with a grant runs: what follows is compared with it', async () => {
  expect(await performed(ok(ALLOWED))).toMatchObject({ ran: true })
})

it.each<[string, Said, string | undefined]>([
  ['an error with an allow in it', { ...ok(ALLOWED), status: 500 }, 'unreadable'],
  ['a refusal', { status: 503, body: '{"code":"cannot_record"}' }, 'cannot_record'],
  ['a token that is not taken', { status: 401, body: '{"code":"invalid_credential"}' }, 'invalid_credential'],
  ['a page of somebody else', { status: 200, body: '<html>Sign in</html>' }, 'unreadable'],
  ['half an answer', { status: 200, body: JSON.stringify(ALLOWED).slice(0, -9) }, 'unreadable'],
  ['nothing', { status: 200, body: '' }, 'unreadable'],
  ['null', ok(null), 'unreadable'],
  ['a list', ok([ALLOWED]), 'unreadable'],
  ['an answer about nothing', ok({ ...ALLOWED, id: undefined }), 'unreadable'],
  ['an answer without a reason', ok({ ...ALLOWED, reason: undefined }), 'unreadable'],
  ['another address', { status: 307, body: '', headers: { location: '/elsewhere' } }, 'unreachable'],
  ['an allow without a grant', ok({ ...ALLOWED, grant: null }), undefined],
  ['a grant without a token', ok({ ...ALLOWED, grant: {} }), undefined],
  ['a grant with an empty token', ok({ ...ALLOWED, grant: { ...GRANT, token: '' } }), undefined],
  ['a grant with a forbid', ok({ ...ALLOWED, decision: 'forbid', status: 'forbidden' }), undefined],
  ['a grant with a status nobody knows', ok({ ...ALLOWED, status: 'splendid' }), undefined],
])('%s runs nothing', async (_, answer, code) => {
  expect(await performed(answer)).toEqual({ ran: false, ...(code !== undefined && { code }) })
})

it('a token that is none runs nothing', async () => {
  const answers = http.createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => answers.listen(0, '127.0.0.1', resolve))
  const at = `http://127.0.0.1:${String((answers.address() as AddressInfo).port)}`
  const client = new CountersignClient({ server: at, clientId: 'ag_x', clientSecret: 'y', patienceSeconds: 0 })
  await expect(client.propose({ tool: 'crm.refund' })).rejects.toMatchObject({ name: 'Refusal', code: 'unreadable' })
  answers.closeAllConnections()
  answers.close()
})

it('halts that cannot be read are no word that nothing is halted: nothing begins until they can, and the program goes on', async () => {
  let streams = 0
  const lease = {
    id: 'run_1',
    status: 'open',
    tainted: false,
    lease_until: '2030-01-01T00:00:00.000Z',
    lease_seconds: 60,
    renews: true,
  }
  const answers = http.createServer((request, response) => {
    request.resume()
    if (request.url === '/api/v1/halts/stream') {
      streams += 1
      const state = streams === 1 ? '{"drills":[]}' : '{"halts":[]}'
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`event: state\ndata: ${state}\n\n`)
      return
    }
    const said = request.url === '/oauth/token' ? '{"access_token":"t","expires_in":600}' : JSON.stringify(lease)
    response.writeHead(200, { 'content-type': 'application/json' }).end(said)
  })
  await new Promise<void>((resolve) => answers.listen(0, '127.0.0.1', resolve))
  const at = `http://127.0.0.1:${String((answers.address() as AddressInfo).port)}`
  const client = new CountersignClient({ server: at, clientId: 'ag_x', clientSecret: 'y', patienceSeconds: 0 })
  const heard = await client.run(async () => streams)
  expect(heard).toBe(2)
  answers.closeAllConnections()
  answers.close()
})
