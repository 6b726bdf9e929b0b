import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll } from 'vitest'
import { onHearingAgain, startHearing } from '@/lib/db/bus'
import type { TestDatabase } from '@/lib/db/testing'
import type { Governed } from '@/lib/decisions/governed-testing'
import { buildApp } from '@/lib/gateway/server/app'
import { readSettings, type Settings } from '@/lib/gateway/server/settings'
import { testLedger } from '@/lib/ledger/testing'

export type TestGateway = {
  app: FastifyInstance
  /** where its keys and files are */
  dataFolder: string
  /** what would have been logged as our failure */
  defects: unknown[]
  /** an access token of an agent, asked for as any client asks */
  tokenOf: (agent: Pick<Governed, 'clientId' | 'clientSecret'>) => Promise<string>
  /** a request with a token; the body is sent as JSON, or as it is when it is bytes or text */
  ask: (
    method: 'GET' | 'POST',
    url: string,
    token: string | null,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answered>
}
// what came back is judged by the test that asked
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answered = { status: number; body: any; headers: Record<string, unknown> }

/**
 * How many readings more the database may have been asked for since a moment of `performance.now()`: what a flood asks in vain is kept for a quarter of a
 * second, and a reading is up to four queries.
 */
export function readingsSince(began: number): number {
  return 4 * Math.ceil((performance.now() - began) / 250)
}

/** The real machine half of the server on a test database, hearing its notifications. Not for the product. */
export async function testGateway(database: TestDatabase, over: Pick<Settings, 'mcp'> = {}): Promise<TestGateway> {
  const root = path.resolve(import.meta.dirname, '../..')
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-gateway-'))
  const defects: unknown[] = []
  await testLedger(database)
  const app = await buildApp({
    settings: {
      ...readSettings({ PORT: '0', PUBLIC_URL: 'https://countersign.test', COUNTERSIGN_DATA: folder }, root),
      ...over,
    },
    checks: {},
    human: (_, response) => response.end(),
    onDefect: (error) => defects.push(error),
  })
  const listening = new Promise<void>((resolve) => {
    const unhear = onHearingAgain(() => {
      unhear()
      resolve()
    })
  })
  const hearing = startHearing(database.urls.app, () => undefined)
  // what is said before it listens would be lost, and a connection made later tells every open stream to read again
  await listening
  afterAll(async () => {
    await app.close()
    await hearing.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const ask: TestGateway['ask'] = async (method, url, token, body, headers = {}) => {
    const raw = typeof body === 'string' || Buffer.isBuffer(body)
    const response = await app.inject({
      method,
      url,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: raw ? body : JSON.stringify(body) }),
    })
    const json = String(response.headers['content-type']).includes('json')
    const said: unknown = json ? response.json() : response.body
    return { status: response.statusCode, body: said, headers: response.headers }
  }
  const tokenOf: TestGateway['tokenOf'] = async ({ clientId, clientSecret }) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    })
    const answer = await ask('POST', '/oauth/token', null, form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    })
    return (answer.body as { access_token: string }).access_token
  }
  return { app, dataFolder: folder, defects, tokenOf, ask }
}
