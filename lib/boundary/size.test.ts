import { expect, it } from 'vitest'
import { parseSize, sizeText } from './size'

it.each([
  ['512MB', 512e6],
  ['16MB', 16e6],
  ['4GiB', 2 ** 32],
  ['256MiB', 2 ** 28],
  ['2GB', 2e9],
])('%s is read, and written as it was', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
  expect(sizeText(bytes)).toBe(text)
})

it.each(['', '0MB', '15MB', '512', '1.5GB', '2 GB', '2gb', '2TB', '-1GB', '16001GB', '99999999GB'])(
  '%j is no amount of memory',
  (text) => {
    expect(parseSize(text)).toBeNull()
  },
)

it('what has no round number is told about', () => {
  expect(sizeText(12_641_984_512)).toBe('about 12.6GB')
})
