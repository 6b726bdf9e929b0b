import { expect, test } from 'vitest'
import { compileGlob, compileName } from './glob'

const fits = (pattern: string, path: string) => compileGlob(pattern.split('/'))(path.split('/'))

test.each([
  ['*a*a*a*b', 'a'.repeat(1000), false],
  ['*a*a*a*b', `${'a'.repeat(998)}b`, true],
  ['**/*a*a*a', `${'x/'.repeat(300)}aaa`, true],
  ['**/a/**/b', 'a/x/a/y/b', true],
  ['**/a/**/b', 'x/b/a', false],
  ['a**c', 'abc', true],
  ['a**c', 'a/c', false],
  ['a/*', 'a/b\nc', true],
  ['a/?', 'a/\u{1F511}', true],
  ['/etc/**', '/etc/x', true],
  ['/etc/**', 'etc/x', false],
  ['*', '/x', false],
  ['a.c', 'abc', false],
])('%s fits %s: %s', (pattern, path, expected) => {
  expect(fits(pattern, path)).toBe(expected)
})

test('a name has slashes as any other character, and an empty one fits no wildcard', () => {
  expect(compileName('vip-*')('vip-1/2')).toBe(true)
  expect(compileName('*')('')).toBe(false)
})
