import { describe, expect, test } from 'vitest'
import { judgePaths, type CompiledPaths } from './judge'
import { parsePathPattern, type PathPattern } from './pattern'
import { isSecretFile } from './secret-files'

function pattern(text: string): PathPattern {
  const parsed = parsePathPattern(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.pattern
}
const lists = (given: Partial<Record<'autonomous' | 'approval_required' | 'never', string[]>>): CompiledPaths => ({
  workspace: '/home/dev/app',
  autonomous: (given.autonomous ?? []).map(pattern),
  approval_required: (given.approval_required ?? []).map(pattern),
  never: (given.never ?? []).map(pattern),
})
const judge = (paths: string[], given: Parameters<typeof lists>[0]) => judgePaths(paths, lists(given), null)

describe('an entry of paths', () => {
  test.each([
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'src', true],
    ['src/**', 'srcs/a.ts', false],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/a/b.ts', false],
    ['**/*.test.ts', 'lib/x/y.test.ts', true],
    ['**', 'anything/at/.all', true],
    ['README.md', 'README.md', true],
    ['README.md', 'docs/README.md', false],
    ['README.md', 'readme.md', false],
    ['?.txt', 'a.txt', true],
    ['?.txt', 'ab.txt', false],
  ])('%s under autonomous covers %s: %s', (text, path, covered) => {
    expect(pattern(text).covers(path)).toBe(covered)
  })

  test.each([
    ['.env', 'deploy/.ENV', true],
    ['.env', '.env.local', false],
    ['*.sql', 'db/migrations/1.SQL', true],
    ['.github/**', '.github/workflows/ci.yml', true],
    ['.github/**', 'a/.github/x', false],
  ])('%s under never meets %s, in any case and a bare name anywhere: %s', (text, path, met) => {
    expect(pattern(text).means(path)).toBe(met)
  })

  test.each(['a{b,c}', 'a[bc]', '!a', '(a|b)', 'a/../b', '~/x', 'a\\b', '*/*/*/*/*', 'x'.repeat(301)])(
    '%s is refused with what to write instead',
    (text) => {
      expect(parsePathPattern(text)).toHaveProperty('problem')
    },
  )

  test('meets a path nobody can read for its length, and covers none', () => {
    const long = `${'a/'.repeat(600)}x`
    expect(pattern('*.nothing').means(long)).toBe(true)
    expect(pattern('**').covers(long)).toBe(false)
  })
})

describe('paths under lists', () => {
  test('are compared from the workspace down, whatever way they are written', () => {
    for (const path of [
      'src/a.ts',
      './src/a.ts',
      '/home/dev/app/src/a.ts',
      'src/x/../a.ts',
      '/home/dev/app/lib/../src/a.ts',
    ])
      expect(judge([path], { autonomous: ['src/**'] }), path).toMatchObject({ autonomous: [0], why: null })
  })

  test('wait where they leave the workspace', () => {
    for (const path of ['../x', '/etc/passwd', '/home/dev/app2/src/a.ts', '~/x', 'src/../../x', '/home/dev/app/../x'])
      expect(judge([path], { autonomous: ['**'] }), path).toMatchObject({
        autonomous: null,
        why: { why: 'it lies outside the workspace' },
      })
  })

  test('are all looked at: one that is not covered is enough to wait, one that is never enough to forbid', () => {
    const given = { autonomous: ['src/**'], never: ['secrets'] }
    expect(judge(['src/a.ts', 'lib/b.ts'], given)).toMatchObject({ autonomous: null, why: { text: 'lib/b.ts' } })
    expect(judge(['src/a.ts', 'src/.env'], given).never).toEqual([{ at: 0, text: 'src/.env' }])
  })

  test('meet never outside the workspace as well', () => {
    expect(judge(['/root/.ssh/id_rsa'], { never: ['secrets'] }).never).toHaveLength(1)
    expect(judge(['/etc/../etc/passwd'], { never: ['/etc/**'] }).never).toHaveLength(1)
  })

  test('of the whole workspace are covered by nothing but an entry for all of it', () => {
    expect(judge(['.'], { autonomous: ['src/**'] }).autonomous).toBeNull()
    expect(judge(['.'], { autonomous: ['**'] }).autonomous).toEqual([0])
  })
})

test.each([
  '.env',
  'a/.env.production',
  'deploy/server.pem',
  '.aws/config',
  'id_ed25519',
  'app/credentials.json',
  'x.tfstate',
])('%s holds secrets by its name', (path) => {
  expect(isSecretFile(path)).toBe(true)
})
test.each(['.env.example', 'src/environment.ts', 'lib/keys.ts', 'docs/secrets.md', 'monkey.ts', 'package.json'])(
  '%s does not',
  (path) => {
    expect(isSecretFile(path)).toBe(false)
  },
)
