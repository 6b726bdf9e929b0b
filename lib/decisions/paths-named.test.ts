import { expect, test } from 'vitest'
import { compared, pathsNamed } from './paths-named'

test('no more paths, and no longer ones together, are compared than a call may take time for', () => {
  const long = Array.from({ length: 30 }, (_, at) => `${'a'.repeat(900)}${String(at)}`)
  expect(compared(long).length).toBeLessThan(30)
  expect(compared(Array.from({ length: 300 }, String)).length).toBe(200)
  expect(compared(['a'.repeat(50_000), 'b'])).toHaveLength(2)
  expect(pathsNamed({ paths: long }, false).unclear).toBe('it names its files in a way nobody can read')
})
