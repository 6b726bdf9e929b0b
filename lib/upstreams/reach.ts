import { ownPorts, type Allowed } from '@/lib/notify/reach'

/**
 * What may be connected to for an upstream: never link-local addresses, metadata services, or our own ports and our database's; private
 * addresses where that was stated and signed. What was judged is what is connected to (lib/notify/reach.ts).
 */
export function allowedFor(url: URL, inside: boolean): Allowed {
  const plain = url.protocol === 'http:'
  const port = url.port === '' ? (plain ? 80 : 443) : Number(url.port)
  return { private: inside, plain, port, ownPorts: ownPorts() }
}
