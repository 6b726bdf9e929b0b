import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { buildApp } from '@/lib/gateway/server/app'
import { checkClock, checkMigrations, checkPartitions, checkSequencer } from '@/lib/gateway/server/readiness'
import { readSettings } from '@/lib/gateway/server/settings'

const root = path.resolve(import.meta.dirname, '../../..')
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-app-'))
const defects: unknown[] = []
let checked = 0

const { pools } = await testDatabase()
const app = await buildApp({
  settings: readSettings({ PORT: '0', PUBLIC_URL: 'https://countersign.test', COUNTERSIGN_DATA: folder }, root),
  checks: {
    clock: (...given) => {
      checked += 1
      return checkClock(...given)
    },
    migrations: checkMigrations(path.join(root, 'prisma/migrations')),
    sequencer: checkSequencer,
    partitions: checkPartitions,
  },
  human: (request, response) => {
    response.end(`page ${request.url ?? ''} under ${String(request.headers['content-security-policy'])}`)
  },
  onDefect: (error) => defects.push(error),
})
app.post('/api/v1/test-echo', (request) => ({ body: request.body ?? null }))
app.get('/api/v1/test-defect', () => {
  throw new Error('the password is hunter2')
})
let arrived = (): void => undefined
app.get('/api/v1/test-slow', async () => {
  arrived()
  await new Promise((resolve) => setTimeout(resolve, 300))
  return { finished: true }
})
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo
const base = `http://127.0.0.1:${port}`

afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const post = (body: BodyInit, type = 'application/json') =>
  fetch(`${base}/api/v1/test-echo`, { method: 'POST', body, headers: { 'content-type': type } })

/** What a bare socket answers to these bytes. */
const raw = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('close', () => {
      resolve(answer)
    })
    socket.on('error', reject)
  })

describe('the machine half', () => {
  it('answers an unknown address with a problem that carries the request id', async () => {
    const answer = await fetch(`${base}/api/v1/nowhere`)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    const problem = await answer.json()
    expect(problem).toMatchObject({ status: 404, code: 'not_found', request_id: answer.headers.get('x-request-id') })
  })

  it('says which methods an address answers', async () => {
    const answer = await fetch(`${base}/api/v1/test-echo`, { method: 'DELETE' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
    expect(await answer.json()).toMatchObject({ code: 'method_not_allowed' })
  })

  it('keeps the cause of a defect to itself', async () => {
    const answer = await fetch(`${base}/api/v1/test-defect`)
    expect(answer.status).toBe(500)
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'internal' })
    expect(text).not.toMatch(/hunter2|stack|Error/)
    expect(defects).toHaveLength(1)
  })

  it('never lets a client choose the request id', async () => {
    const answer = await fetch(`${base}/api/v1/nowhere`, { headers: { 'x-request-id': 'mine' } })
    expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
  })

  it('tells nobody to run, frame or guess what it answers', async () => {
    const { headers } = await fetch(`${base}/api/health`)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=/)
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })
})

describe('a body', () => {
  it('is read as JSON', async () => {
    expect(await (await post('{"a":[1,"é"]}')).json()).toEqual({ body: { a: [1, 'é'] } })
  })

  it.each([
    ['not JSON', '{"a":'],
    ['of two keys that are the same', '{"a":1,"a":2}'],
    ['that reaches for a prototype', '{"__proto__":{"admin":true}}'],
    ['nested too deep', '['.repeat(5_000) + ']'.repeat(5_000)],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ])('%s is refused as such', async (_what, body) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_json' })
  })

  it('over a megabyte is refused, announced or not', async () => {
    const large = new Uint8Array(1_048_577).fill(0x20)
    expect((await post(large)).status).toBe(413)
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
      },
    })
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    }
    const answer = await fetch(`${base}/api/v1/test-echo`, init).catch(() => null)
    // The connection may be cut before the client has read the refusal; it is never read to its end.
    if (answer !== null) expect(answer.status).toBe(413)
  })

  it('of another type is refused', async () => {
    const answer = await post('a=1', 'application/x-www-form-urlencoded')
    expect(answer.status).toBe(415)
    expect(await answer.json()).toMatchObject({ code: 'unsupported_media_type' })
  })
})

describe('a connection', () => {
  it('that does not speak HTTP gets a problem and is closed', async () => {
    const answer = await raw('HELLO\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"code":"invalid_request"')
  })

  it('with endless headers gets a problem and is closed', async () => {
    const answer = await raw(`GET /api/health HTTP/1.1\r\nhost: x\r\nx-fill: ${'a'.repeat(20_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('with a broken escape in its address gets a problem', async () => {
    expect(await raw('GET /api/v1/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toContain(
      '"code":"not_found"',
    )
  })
})

describe('the human half', () => {
  it('gets a nonce of its own for every page, whatever the client sends', async () => {
    const ask = async () => {
      const answer = await fetch(`${base}/agents`, {
        headers: { 'content-security-policy': "script-src 'nonce-evil'" },
      })
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(await answer.text()).toBe(`page /agents under ${policy}`)
      return /'nonce-([^']+)'/.exec(policy)?.[1]
    }
    const [first, second] = [await ask(), await ask()]
    expect(first).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(second).not.toBe(first)
  })
})

describe('readiness', () => {
  it('checks once for however many ask at the same moment: a halt needs those connections', async () => {
    checked = 0
    const answers = await Promise.all(Array.from({ length: 40 }, () => app.inject('/api/ready')))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
    expect(checked).toBe(1)
  })

  it('holds while everything does', async () => {
    const answer = await fetch(`${base}/api/ready`)
    expect(await answer.json()).toMatchObject({ status: 'ready' })
    expect(answer.status).toBe(200)
  })

  it('ends when an entry waits too long for its index, and names what failed', async () => {
    await pools.superuser.query(
      "INSERT INTO ledger.pending (entry_id, leaf_hash, queued_at) VALUES (gen_random_uuid(), ''::bytea, now() - interval '1 minute')",
    )
    const answer = await fetch(`${base}/api/ready`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      status: 'not_ready',
      checks: expect.arrayContaining([expect.objectContaining({ name: 'sequencer', ok: false })]),
    })
    await pools.superuser.query('DELETE FROM ledger.pending')
  })

  it('ends when a migration is missing', async () => {
    await pools.superuser.query(
      `UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE migration_name LIKE '%_decide'`,
    )
    expect((await fetch(`${base}/api/ready`)).status).toBe(503)
    await pools.superuser.query('UPDATE "_prisma_migrations" SET rolled_back_at = NULL')
  })

  it('is counted for Prometheus by route, never by address', async () => {
    await fetch(`${base}/api/v1/nowhere/${Math.random()}`)
    const text = await (await fetch(`${base}/metrics`)).text()
    expect(text).toMatch(/countersign_requests_total\{route="\/api\/ready",method="GET",status="200"\} [1-9]/)
    expect(text).toContain('route="unknown",method="GET",status="404"')
    expect(text).not.toContain('nowhere')
  })
})

describe('closing', () => {
  it('finishes what is under way', async () => {
    const underWay = new Promise<void>((resolve) => (arrived = resolve))
    const slow = fetch(`${base}/api/v1/test-slow`)
    await underWay
    await app.close()
    expect(await (await slow).json()).toEqual({ finished: true })
    await expect(fetch(`${base}/api/health`)).rejects.toThrow()
  })
})
