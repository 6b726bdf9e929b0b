import { expect, it } from 'vitest'
import { readOptions } from './options'

const VALUES = { folder: 'x', once: true, every: '60', 'max-age': '1200' }
const read = (url: string, env: Record<string, string>) => readOptions(url, VALUES, 'fin-lt-0442', env).log

it('sends its token to no other machine over plain http, unless that was accepted', () => {
  const token = { COUNTERSIGN_TOKEN: 'secret' }
  expect(() => read('http://ledger.example', token)).toThrow(/not https/)
  expect(read('https://ledger.example', token).token).toBe('secret')
  expect(read('http://127.0.0.1:3000', token).token).toBe('secret')
  expect(read('http://ledger.example', { ...token, COUNTERSIGN_PLAIN_HTTP: '1' }).token).toBe('secret')
  // a ledger anybody may read needs no token
  expect(read('http://ledger.example', {}).token).toBeUndefined()
})
