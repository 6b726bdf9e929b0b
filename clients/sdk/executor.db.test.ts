import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import express from 'express'
import fastify from 'fastify'
import { afterAll, describe, expect, it } from 'vitest'
import { CountersignClient, type GrantQuestion } from '@/clients/sdk/client'
import { expressGrant, fastifyGrant, grantIn, withGrant } from '@/clients/sdk/executor'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'

// Real executors, each on a socket of its own: an Express application, a Fastify one, and a handler of the kind Next has.
const database = await testDatabase()
const { app, tokenOf } = await testGateway(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const closing: (() => unknown)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

const agent = await governed(database.pools.superuser)
const executor = await governed(database.pools.superuser)
const clientOf = ({ clientId, clientSecret }: typeof agent) => new CountersignClient({ server, clientId, clientSecret })
const asker = clientOf(agent)
const holder = clientOf(executor)

/** What a request to an executor says: the arguments in its body, the grant in its header. */
const question = (authorization: string | undefined, said: unknown): GrantQuestion | null => {
  const token = grantIn(authorization)
  const { id } = said as { id: string }
  return token === null ? null : { token, agent: agent.slug, tool: 'crm.get_order', arguments: { id } }
}

it('the question of the guide is read off what is done: the body cannot speak of another order', () => {
  const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/guides/sdk.md'), 'utf8')
  const [, words = ''] = /tool: 'crm\.refund', arguments: (\{[^}]*\})/.exec(guide) ?? []
  // a literal is made field by field, the last of a name counts
  const request = { params: { id: 'A-999' }, body: { order: 'A-17', amount: 1 } }
  expect(runInNewContext(`(${words})`, { request })).toEqual({ order: 'A-999', amount: 1 })
})

let done = 0
async function expressAt(): Promise<string> {
  const made = express()
  made.post(
    '/',
    express.json(),
    expressGrant(holder, (request: express.Request) => question(request.headers.authorization, request.body)),
    (_, response) => {
      done += 1
      response.json({ ran: true })
    },
  )
  const listening = made.listen(0, '127.0.0.1')
  await new Promise((resolve) => listening.once('listening', resolve))
  closing.push(() => new Promise((resolve) => listening.close(resolve)))
  const address = listening.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`
}
async function fastifyAt(): Promise<string> {
  const made = fastify()
  made.post(
    '/',
    {
      preHandler: fastifyGrant(holder, (request: { headers: { authorization?: string }; body?: unknown }) =>
        question(request.headers.authorization, request.body),
      ),
    },
    async () => {
      done += 1
      return { ran: true }
    },
  )
  closing.push(() => made.close())
  return made.listen({ port: 0, host: '127.0.0.1' })
}
const handler = withGrant(
  holder,
  async (request) => question(request.headers.get('authorization') ?? undefined, await request.json()),
  async (request) => {
    done += 1
    return Response.json({ ran: true, body: await request.json() })
  },
)

const executors: [string, (init: RequestInit) => Promise<Response>][] = []
const [expressUrl, fastifyUrl] = [await expressAt(), await fastifyAt()]
executors.push(['Express', (init) => fetch(expressUrl, init)])
executors.push(['Fastify', (init) => fetch(fastifyUrl, init)])
executors.push(['a route handler', (init) => handler(new Request('http://executor.test/', init), undefined)])

const granted = async (id: string) => {
  const { grant } = await asker.propose({ tool: 'crm.get_order', arguments: { id } })
  return `Grant ${grant?.token ?? ''}`
}

describe.each(executors)('%s', (name, send) => {
  const post = (id: string, authorization?: string) =>
    send({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify({ id }),
    })

  it('does what a grant stands for, and once', async () => {
    const before = done
    const grant = await granted(`${name}-1`)
    expect((await post(`${name}-1`, grant)).status).toBe(200)
    const again = await post(`${name}-1`, grant)
    expect({ status: again.status, problem: await again.json() }).toMatchObject({
      status: 403,
      problem: { code: 'used' },
    })
    expect(done).toBe(before + 1)
  })

  it('does nothing with other arguments, a guess, or no grant', async () => {
    const before = done
    const other = await post(`${name}-3`, await granted(`${name}-2`))
    expect({ status: other.status, problem: await other.json() }).toMatchObject({
      status: 403,
      problem: { code: 'mismatch' },
    })
    expect((await post(`${name}-3`, `Grant cs_grant_${'A'.repeat(43)}`)).status).toBe(403)
    expect((await post(`${name}-3`)).status).toBe(401)
    expect(done).toBe(before)
  })
})

describe('the example in another language', () => {
  const example = path.resolve(import.meta.dirname, '../../docs/examples/executors/restart.py')
  const restart = async (service: string, grant: string, url = server) => {
    const token = await tokenOf(executor)
    const env = { ...process.env, COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: token }
    return promisify(execFile)('python3', [example, service, agent.slug, grant], { env }).then(
      ({ stdout }) => stdout,
      (error: { stderr: string }) => error.stderr,
    )
  }

  it('does what a grant stands for, once, and nothing where nobody can be asked', async () => {
    const grant = (await granted('billing')).slice('Grant '.length)
    expect(await restart('billing', grant, 'http://127.0.0.1:1')).toContain('Error')
    expect(await restart('payroll', grant)).toBe('refused: mismatch\n')
    expect(await restart('billing', grant)).toBe('restarting billing\n')
    expect(await restart('billing', grant)).toBe('refused: used\n')
  })
})

describe('an executor that reaches nobody', () => {
  it('does nothing', async () => {
    const lost = new CountersignClient({ server: 'http://127.0.0.1:1', clientId: 'ag_x', clientSecret: 'x' })
    const refused = withGrant(
      lost,
      () => ({ token: `cs_grant_${'A'.repeat(43)}`, agent: agent.slug, tool: 'crm.get_order' }),
      async () => Response.json({ ran: true }),
    )
    expect((await refused(new Request('http://executor.test/'), undefined)).status).toBe(503)
  })
})
