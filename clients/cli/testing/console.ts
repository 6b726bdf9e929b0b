import { existsSync, readdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const root = path.resolve(import.meta.dirname, '../../..')
type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>

/**
 * The console's own handlers behind a real socket, each found as Next finds it: `app/…/[name]/route.ts`. What is not the console's goes on to
 * the machines' half where one is named, as in one process. Answers its address.
 */
export async function consoleServer(machines?: string): Promise<{ url: string; close: () => Promise<void> }> {
  let url = ''
  const server = createServer((request, response) => {
    void (async () => {
      try {
        const answer = await answerTo(request, url, machines)
        response.writeHead(answer.status, headersOf(answer)).end(Buffer.from(await answer.arrayBuffer()))
      } catch (error) {
        response.writeHead(500).end(String(error))
      }
    })()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return { url, close: () => new Promise((done) => server.close(() => done())) }
}

/** A body that was read is no longer compressed, and as long as it is; cookies stay apart. */
function headersOf(answer: Response): OutgoingHttpHeaders {
  const {
    'content-encoding': _,
    'content-length': __,
    'transfer-encoding': ___,
    ...rest
  } = Object.fromEntries(answer.headers)
  const cookies = answer.headers.getSetCookie()
  return { ...rest, ...(cookies.length > 0 && { 'set-cookie': cookies }) }
}

async function answerTo(request: IncomingMessage, url: string, machines: string | undefined): Promise<Response> {
  const asked = new URL(request.url ?? '/', url)
  if (machines !== undefined && !asked.pathname.startsWith('/api/console/')) {
    const answer = await fetch(await asRequest(request, new URL(asked.pathname + asked.search, machines)))
    if (asked.pathname !== '/oauth/device_authorization') return answer
    // the page a person is sent to is at this address, as PUBLIC_URL would say it
    const { status } = answer
    const text = (await answer.text()).replaceAll('https://countersign.test', url)
    return new Response(text, { status, headers: { 'content-type': 'application/json' } })
  }
  const params: Record<string, string> = {}
  let folder = path.join(root, 'app')
  for (const segment of asked.pathname.split('/').filter((each) => each !== '')) {
    const named = readdirSync(folder).find((each) => /^\[\w+\]$/.test(each))
    const plain = existsSync(path.join(folder, segment))
    if (!plain && named === undefined) return new Response(null, { status: 404 })
    if (!plain) params[(named ?? '').slice(1, -1)] = decodeURIComponent(segment)
    folder = path.join(folder, plain ? segment : (named ?? ''))
  }
  const module = (await import(pathToFileURL(path.join(folder, 'route.ts')).href)) as Record<
    string,
    Handler | undefined
  >
  const handler = module[request.method ?? 'GET']
  if (handler === undefined) return new Response(null, { status: 405 })
  return handler(await asRequest(request, asked), { params: Promise.resolve(params) })
}

async function asRequest(request: IncomingMessage, address: URL): Promise<Request> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = Buffer.concat(parts)
  const { connection: _, ...headers } = request.headers
  return new Request(address, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  })
}
