import type { IncomingMessage } from 'node:http'
import { ASKED_FOR_HEADER } from '@/lib/people/asked-for'

/** The header in which the server tells Next whose connection it is. */
export const ADDRESS_HEADER = 'x-countersign-address'

/**
 * Writes onto a request, before it is handed to Next, what Next cannot know or a client could forge: the address it came
 * from and the address it asked for.
 */
export function markRequest(request: IncomingMessage): void {
  request.headers[ADDRESS_HEADER] = request.socket.remoteAddress ?? ''
  request.headers[ASKED_FOR_HEADER] = request.url ?? '/'
}

/** The network address a request came from, for throttling and for the list of sessions. */
export function addressOf(request: Request): string {
  return request.headers.get(ADDRESS_HEADER) ?? ''
}

/** What the browser calls itself: shown to its owner in the list of sessions, never trusted. */
export function userAgentOf(request: Request): string {
  return (request.headers.get('user-agent') ?? '').slice(0, 300)
}
