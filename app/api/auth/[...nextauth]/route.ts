import NextAuth from 'next-auth'
import { NextRequest } from 'next/server'
import { fault } from '@/lib/core/fault'
import { asRefusal, problemAnswer } from '@/lib/http/answer'
import { addressOf, userAgentOf } from '@/lib/http/caller'
import { crossSite } from '@/lib/http/origin'
import { readSmall } from '@/lib/http/body'
import { authOptions } from '@/lib/people/session-auth'
import { sessionConfig } from '@/lib/people/session-config'

/** What is served of next-auth: no page of its own, and nothing that is not used. */
const SERVED = new Set(['GET csrf', 'GET providers', 'GET session', 'POST callback', 'POST signin', 'POST signout'])

type Context = { params: Promise<{ nextauth: string[] }> }

async function answer(request: NextRequest, context: Context): Promise<Response> {
  const requestId = request.headers.get('x-request-id') ?? undefined
  try {
    const [action] = (await context.params).nextauth
    if (!SERVED.has(`${request.method} ${action}`)) throw fault('not_found')
    const { publicUrl } = sessionConfig()
    const { headers, method } = request
    const reason = crossSite(
      { method, origin: headers.get('origin'), secFetchSite: headers.get('sec-fetch-site') },
      publicUrl,
    )
    if (reason !== undefined) throw fault('cross_site', { detail: reason })
    // next-auth builds its links from this, and would take the Host header's word for it otherwise
    process.env.NEXTAUTH_URL = publicUrl
    const options = authOptions({ address: addressOf(request), userAgent: userAgentOf(request) })
    return (await NextAuth(await small(request), context, options)) as Response
  } catch (error) {
    return problemAnswer(asRefusal(error, requestId), requestId)
  }
}

/** next-auth reads a body however large it is, so it is given one that was counted. */
async function small(request: NextRequest): Promise<NextRequest> {
  if (request.method === 'GET') return request
  const body = await readSmall(request)
  return new NextRequest(request.url, { method: request.method, headers: request.headers, body: new Uint8Array(body) })
}

export { answer as GET, answer as POST }
