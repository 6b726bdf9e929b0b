import { describe, expect, it } from 'vitest'
import { crossSite } from './origin'

const HTTPS = 'https://console.example'
const LOCAL = 'http://localhost:3000'

describe('a request that changes something', () => {
  it.each([
    ['from our page over https', HTTPS, 'same-origin', HTTPS],
    ['from our page, over plain http elsewhere than localhost', 'http://console.lan', null, 'http://console.lan'],
    ['from our page under no-referrer', 'null', 'same-origin', HTTPS],
    ['from our page, without an origin', null, 'same-origin', HTTPS],
    ['to localhost by its number', 'http://127.0.0.1:3000', 'same-origin', LOCAL],
    ['to localhost by IPv6', 'http://[::1]:3000', 'same-origin', LOCAL],
  ])('%s is taken', (_name, origin, secFetchSite, publicUrl) => {
    expect(crossSite({ method: 'POST', origin, secFetchSite }, publicUrl)).toBeUndefined()
  })

  it.each([
    ['of another site', 'https://evil.example', 'cross-site', HTTPS],
    ['of another origin of the same site', 'https://other.console.example', 'same-site', HTTPS],
    ['of another site, from a browser without fetch metadata', 'https://evil.example', null, HTTPS],
    ['typed into the address bar', null, 'none', HTTPS],
    ['of a sandboxed frame', 'null', null, HTTPS],
    ['that does not say', null, null, HTTPS],
    ['of our name on another port', 'http://localhost:4000', 'same-site', LOCAL],
    ['of our name on another port, without fetch metadata', 'http://localhost:4000', null, LOCAL],
    ['of our name without encryption', 'http://console.example', null, HTTPS],
    ['of localhost when we are not there', 'http://localhost', null, 'http://console.lan'],
    ['that contradicts itself', 'https://evil.example', 'same-origin', HTTPS],
    ['of no origin at all', 'nonsense', null, HTTPS],
  ])('%s is refused', (_name, origin, secFetchSite, publicUrl) => {
    expect(crossSite({ method: 'POST', origin, secFetchSite }, publicUrl)).toMatch(/\.$|https?:/)
  })

  it('and one that reads is not asked', () => {
    expect(
      crossSite({ method: 'GET', origin: 'https://evil.example', secFetchSite: 'cross-site' }, HTTPS),
    ).toBeUndefined()
  })
})
