import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ADDRESS_HEADER, markRequest } from './caller'

function addressBehind(proxies: number, forwarded?: string): unknown {
  const headers: Record<string, string> = {
    [ADDRESS_HEADER]: '6.6.6.6',
    ...(forwarded && { 'x-forwarded-for': forwarded }),
  }
  const request = { headers, url: '/', socket: { remoteAddress: '10.0.0.1' } } as unknown as IncomingMessage
  markRequest(request, proxies)
  return request.headers[ADDRESS_HEADER]
}

describe('the address a request came from', () => {
  it.each([
    ['is that of its connection', 0, undefined, '10.0.0.1'],
    ['is never what a client writes where no proxy is trusted', 0, '203.0.113.7', '10.0.0.1'],
    ['is what the one proxy heard', 1, '203.0.113.7', '203.0.113.7'],
    ['is what the one proxy heard, whatever the client wrote before it', 1, '1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['is what the outer of two proxies heard', 2, '1.1.1.1, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['is that of the connection where the proxies said less', 2, '203.0.113.7', '10.0.0.1'],
    ['is that of the connection where it is no address', 1, 'unknown', '10.0.0.1'],
  ])('%s', (_, proxies, forwarded, address) => {
    expect(addressBehind(proxies, forwarded)).toBe(address)
  })
})
