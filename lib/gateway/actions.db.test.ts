import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { CountersignClient, type Answer } from '@/clients/sdk/client'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { answerAction } from '@/lib/decisions/answer'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { engage } from '@/lib/halt/engage'
import { lift } from '@/lib/halt/lift'
import { typedName } from '@/lib/halt/testing'
import { testPerson } from '@/lib/people/testing'
import { testGateway } from './gateway-testing'
import { OPERATIONS } from './openapi'

const database = await testDatabase()
const { app, ask, defects, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const [dana, bram] = [await testPerson(['analyst']), await testPerson(['analyst'])]
await app.listen({ host: '127.0.0.1', port: 0 })
const server = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
const clientOf = ({ clientId, clientSecret }: Governed) => new CountersignClient({ server, clientId, clientSecret })
afterAll(() => {
  expect(defects).toEqual([])
})

const approve = (answer: Pick<Answer, 'digest'> & { approval: { id: string } | null }) =>
  transaction((db) =>
    answerAction(db, {
      approvalId: parsePublicId('approval', answer.approval?.id ?? ''),
      actor: dana,
      answer: 'approve',
      reason: '',
      digest: Buffer.from(answer.digest.slice(7), 'hex'),
      now: new Date(),
    }),
  )
const liftNow = async (haltId: string) => {
  const about = { haltId, reason: 'over', typed: await typedName(haltId), now: new Date() }
  const { approvalId } = await lift({ ...about, actor: dana })
  const { rows } = await superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [approvalId])
  await lift({ ...about, actor: bram, digest: rows[0]?.digest })
}

describe('a program that uses the client', () => {
  it('proposes, waits for a person, claims, runs and reports', async () => {
    const client = clientOf(await governed(superuser))
    let ran = 0
    const working = client.perform({ tool: 'edr.isolate_host', arguments: { host: 'fin-lt-0442' } }, async () => {
      ran += 1
      return { isolated: true }
    })
    const { rows } = await until(() =>
      superuser.query<{ id: string; digest: string }>(
        `SELECT id, 'sha256:' || encode(digest, 'hex') AS digest FROM approval WHERE status = 'pending'`,
      ),
    )
    const [waiting] = rows
    await approve({ digest: waiting?.digest ?? '', approval: { id: publicId('approval', waiting?.id ?? '') } })
    expect(await working).toMatchObject({ ran: true, answer: { status: 'succeeded' } })
    expect(ran).toBe(1)
  })

  it('does not run what is forbidden', async () => {
    const client = clientOf(await governed(superuser))
    expect(await client.perform({ tool: 'crm.delete_all' }, () => Promise.reject(new Error('it ran')))).toMatchObject({
      ran: false,
      answer: { decision: 'forbid' },
    })
  })
})

describe('GET /api/v1/actions/{id}?wait', () => {
  it('answers as soon as somebody has answered, and not before; a hundred wait on fewer connections', async () => {
    const agent = await governed(superuser)
    const token = await tokenOf(agent)
    const { body: held } = await ask('POST', '/api/v1/actions', token, { tool: 'edr.isolate_host' })
    let answered = 0
    const waiting = Array.from({ length: 100 }, () =>
      ask('GET', `/api/v1/actions/${held.id}?wait=25`, token).then((answer) => {
        answered += 1
        return answer
      }),
    )
    await until(async () => ({
      rows: (
        await superuser.query(
          `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%SELECT a.id::text AS id, a.agent_id::text AS agent_id, g.slug%' AND state = 'idle'`,
        )
      ).rows,
    }))
    expect(answered).toBe(0)
    await approve(held)
    for (const answer of await Promise.all(waiting))
      expect(answer).toMatchObject({ status: 200, body: { status: 'approved', grant: null } })
  })

  it('answers at once what waits for nobody, and after its time what nobody answered', async () => {
    const token = await tokenOf(await governed(superuser))
    const { body: allowed } = await ask('POST', '/api/v1/actions', token, { tool: 'crm.get_order' })
    expect(await ask('GET', `/api/v1/actions/${allowed.id}?wait=25`, token)).toMatchObject({
      body: { status: 'allowed', grant: null },
    })
    const { body: held } = await ask('POST', '/api/v1/actions', token, { tool: 'edr.isolate_host' })
    expect(await ask('GET', `/api/v1/actions/${held.id}?wait=1`, token)).toMatchObject({ body: { status: 'held' } })
    await superuser.query(`UPDATE approval SET expires_at = now() + interval '1 second' WHERE id = $1`, [
      parsePublicId('approval', held.approval.id),
    ])
    // the deadline itself ends the waiting: nobody has written it down yet
    expect(await ask('GET', `/api/v1/actions/${held.id}?wait=25`, token)).toMatchObject({
      body: { status: 'expired', approval: { status: 'expired' } },
    })
  })
})

describe('halts', () => {
  it('reach a connected agent, which has the present state first and misses nothing', async () => {
    const agent = await governed(superuser)
    const client = clientOf(agent)
    const stop = new AbortController()
    const heard = client.halts(stop.signal)
    expect((await heard.next()).value).toMatchObject({ event: 'state', data: { halts: [] } })
    const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    expect((await heard.next()).value).toMatchObject({
      event: 'engaged',
      data: { id: publicId('halt', id), scope: 'agent', lifted_at: null },
    })
    await client.acknowledge(publicId('halt', id), [])
    await expect(client.openRun()).rejects.toMatchObject({ code: 'stop_only' })
    // a token asked for now serves for nothing else
    const token = await tokenOf(agent)
    for (const url of ['/api/v1/runs', '/api/v1/grants/introspect'])
      expect(await ask('POST', url, token, {})).toMatchObject({ status: 403, body: { code: 'stop_only' } })
    // what it proposes all the same is refused with the reason, and recorded
    expect(await ask('POST', '/api/v1/actions', token, { tool: 'crm.get_order' })).toMatchObject({
      body: { decision: 'forbid', reason: { code: 'halted' } },
    })
    await liftNow(id)
    expect((await heard.next()).value).toMatchObject({ event: 'lifted', data: { id: publicId('halt', id) } })
    expect(await ask('POST', '/api/v1/actions', token, { tool: 'crm.get_order' })).toMatchObject({
      status: 403,
      body: { code: 'stop_only' },
    })
    stop.abort()
  })

  it('that came and went while an agent was away are told to it when it comes back', async () => {
    const agent = await governed(superuser)
    const token = await tokenOf(agent)
    const { rows } = await superuser.query<{ epoch: string }>('SELECT epoch::text AS epoch FROM gate')
    const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: '', by: dana.id, now: new Date() })
    await liftNow(id)
    const response = await fetch(`${server}/api/v1/halts/stream`, {
      headers: { authorization: `Bearer ${token}`, 'last-event-id': rows[0]?.epoch ?? '' },
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('event: lifted')) text += (await reader?.read())?.value ?? ''
    await reader?.cancel()
    // a notification still on its way may tell the same again, but only afterwards
    const events = [...text.matchAll(/event: (\w+)/g)].map(([, event]) => event)
    expect(events.slice(0, 3)).toEqual(['state', 'engaged', 'lifted'])
  })
})

describe('GET /api/openapi.json', () => {
  it('describes every address of the native API, and no other', async () => {
    const { body } = await ask('GET', '/api/openapi.json', null)
    expect(body).toMatchObject({ openapi: '3.1.0' })
    const printed = app.printRoutes({ commonPrefix: false })
    // The router prints what ends in a star without its beginning.
    expect(printed.match(/── \*/g)).toHaveLength(1)
    expect(app.hasRoute({ method: 'GET', url: '/log/tile/*' })).toBe(true)
    const served = [...routesOf(printed), 'get /log/tile/{address}']
    expect(OPERATIONS.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(served.toSorted())
    expect(Object.keys(body.paths as object)).toHaveLength(new Set(OPERATIONS.map(({ path }) => path)).size)
  })

  it('says what a proposal must be, without references that lead nowhere', async () => {
    const { body } = await ask('GET', '/api/openapi.json', null)
    const { schema } = body.paths['/api/v1/actions'].post.requestBody.content['application/json']
    expect(schema).toEqual({ $ref: '#/components/schemas/ProposalRequest' })
    const { schemas } = body.components
    expect(schemas.ProposalRequest).toMatchObject({ type: 'object', additionalProperties: false, required: ['tool'] })
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, to]) => to,
    )
    expect(new Set(references)).toEqual(new Set(Object.keys(schemas as object)))
    expect(JSON.stringify(body)).not.toContain('$defs')
  })
})

describe('GET /api/boundary.schema.json', () => {
  it('gives editors the language, to anyone', async () => {
    const { status, body } = await ask('GET', '/api/boundary.schema.json', null)
    expect(status).toBe(200)
    expect(body).toMatchObject({ required: ['agent'], properties: { mcp_scopes: {}, surfaces: {} } })
  })
})

/** Asks again until there are rows. */
async function until<T extends { rows: unknown[] }>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found.rows.length > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** `get /api/v1/actions/{id}` for every native address in the tree the router prints. */
function routesOf(tree: string): string[] {
  const above: { depth: number; path: string }[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods] = /^(.*?)[├└]── (\S*)(?: \(([^)]+)\))?$/.exec(line) ?? []
    while ((above.at(-1)?.depth ?? -1) >= indent.length) above.pop()
    const path = (above.at(-1)?.path ?? '') + part
    above.push({ depth: indent.length, path })
    if (methods === undefined || !/^\/(api\/v1|log|access\/v1)\/|authzen-configuration$/.test(path)) return []
    return methods.split(', ').map((method) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  })
}
