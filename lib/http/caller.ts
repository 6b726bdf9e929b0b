import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { ASKED_FOR_HEADER } from '@/lib/people/asked-for'

/** The header in which the server tells Next whose connection it is. */
export const ADDRESS_HEADER = 'x-countersign-address'

/**
 * Writes onto a request, before it is handed to Next, what Next cannot know or a client could forge: the address it came
 * from and the address it asked for.
 * @param proxies how many proxies of ours it came through: each has added the address it heard (`X-Forwarded-For`)
 */
export function markRequest(request: IncomingMessage, proxies = 0): void {
  request.headers[ADDRESS_HEADER] = forwardedFor(request, proxies) ?? request.socket.remoteAddress ?? ''
  request.headers[ASKED_FOR_HEADER] = request.url ?? '/'
}

/** Counted from the end: what stands before the entries of our own proxies is whatever the client wrote. */
function forwardedFor({ headers }: IncomingMessage, proxies: number): string | undefined {
  const entries = String(headers['x-forwarded-for'] ?? '').split(',')
  const entry = proxies > 0 ? entries.at(-proxies)?.trim() : undefined
  return entry !== undefined && isIP(entry) > 0 ? entry : undefined
}

/** The network address a request came from, for throttling and for the list of sessions. */
export function addressOf(request: Request): string {
  return request.headers.get(ADDRESS_HEADER) ?? ''
}

/** What the browser calls itself: shown to its owner in the list of sessions, never trusted. */
export function userAgentOf(request: Request): string {
  return (request.headers.get('user-agent') ?? '').slice(0, 300)
}
