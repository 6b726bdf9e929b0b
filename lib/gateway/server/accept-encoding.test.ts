import { expect, it } from 'vitest'
import { acceptsBrotli } from './accept-encoding'

it.each(['br', 'gzip, deflate, br, zstd', 'gzip;q=0.5, BR;q=0.8', 'br;q=0.001'])('takes "%s" for Brotli', (header) => {
  expect(acceptsBrotli(header)).toBe(true)
})

it.each([undefined, '', 'gzip', 'br;q=0', 'gzip, br; q=0.000', 'brotli', 'xbr', '*'])(
  'does not take %j for Brotli',
  (header) => {
    expect(acceptsBrotli(header)).toBe(false)
  },
)
