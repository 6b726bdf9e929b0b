import { databaseUnreachable, UNREACHABLE } from '@/lib/db/unreachable'
import { fault, isFault, toProblem, type Fault } from '@/lib/core/fault'
import { localPath } from '@/lib/people/local-path'
import { FLASH_PARAMETER, sealFlash, type Flash } from '@/lib/people/session-flash'

const COMMON = { 'cache-control': 'no-store' } as const

/** An answer as JSON; nothing to say is 204. */
export function jsonAnswer(value: unknown, cookies: readonly string[] = []): Response {
  const headers = withCookies(new Headers(COMMON), cookies)
  return value === undefined
    ? new Response(null, { status: 204, headers })
    : Response.json(value, { status: 200, headers })
}

/** A refusal as an RFC 9457 problem document. */
export function problemAnswer(refusal: Fault, requestId: string | undefined): Response {
  const problem = toProblem(refusal, requestId)
  const headers = new Headers({ ...COMMON, 'content-type': 'application/problem+json' })
  if (refusal.retryAfterSeconds !== undefined) headers.set('retry-after', `${Math.ceil(refusal.retryAfterSeconds)}`)
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

/**
 * The answer to a plain form: a redirect to a page of ours (303, RFC 9110 §15.4.4), with what that page is to say. The
 * location is a path, so that it cannot lead elsewhere.
 */
export async function seeOther(to: string, flash?: Flash, cookies: readonly string[] = []): Promise<Response> {
  const url = new URL(localPath(to), 'http://console.invalid')
  url.searchParams.delete(FLASH_PARAMETER)
  const headers = withCookies(new Headers(COMMON), cookies)
  if (flash !== undefined) {
    const { id, setCookie } = await sealFlash(flash)
    url.searchParams.set(FLASH_PARAMETER, id)
    headers.append('set-cookie', setCookie)
  }
  headers.set('location', url.pathname + url.search + url.hash)
  return new Response(null, { status: 303, headers })
}

/** Anything thrown as a refusal. What is not one of ours is logged with the request's id, and only the id leaves. */
export function asRefusal(error: unknown, requestId: string | undefined): Fault {
  if (isFault(error)) return error
  if (databaseUnreachable(error)) return fault('unavailable', UNREACHABLE)
  console.error(`${requestId ?? 'no request id'}:`, error)
  return fault('internal')
}

function withCookies(headers: Headers, cookies: readonly string[]): Headers {
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return headers
}
