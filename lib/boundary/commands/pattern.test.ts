import { describe, expect, test } from 'vitest'
import { covers, means, parsePattern } from './pattern'
import { readCommand } from './walk'

const place = { cwd: null, workspace: '/home/dev/app' }
function pattern(text: string) {
  const parsed = parsePattern(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.pattern
}
const part = (command: string) => {
  const [first] = readCommand(command, place).parts
  if (first === undefined) throw new Error(command)
  return first
}
const allowed = (entry: string, command: string) => covers(pattern(entry), part(command), place.workspace)
const meant = (entry: string, command: string) => means(pattern(entry), part(command))

describe('an entry under autonomous', () => {
  test.each([
    ['npm test', 'npm test', true],
    ['npm test', 'npm test x', false],
    ['npm test', 'npm', false],
    ['npm test *', 'npm test', true],
    ['npm test *', 'npm test -- x y', true],
    ['npm test *', 'npm tests', false],
    ['git commit -m "two words"', "git commit -m 'two words'", true],
    ['./node_modules/.bin/vitest *', 'node_modules/.bin/vitest run', true],
    ['./node_modules/.bin/vitest *', '/home/dev/app/node_modules/.bin/vitest run', true],
    ['vitest *', './node_modules/.bin/vitest run', false],
    ['git diff *', '/usr/bin/git diff a', true],
    ['git diff *', '/usr/local/bin/git diff a', false],
    ['cat src/**', 'cat ./src/a/b.ts', true],
    ['cat src/**', 'cat src/../b.ts', false],
    ['cat src/**', 'cat src', false],
    ['cat /var/log/**', 'cat /var/log/app.log', true],
    ['cat /var/log/**', 'cat /var/log/../shadow', false],
    ['cat *', 'cat /home/dev/app/a.ts', true],
    ['cat *', 'cat /home/dev/application/a.ts', false],
    ['find . -delete', 'find . -delete', true],
    ['find *', 'find . -delete', false],
    ['CI=0 npm test', 'CI=0 npm test', true],
    ['CI=0 npm test', 'npm test', false],
    ['LD_PRELOAD=./a.so npm test', 'LD_PRELOAD=./a.so npm test', true],
    ['LD_PRELOAD=./a.so npm test', 'LD_PRELOAD=./b.so npm test', false],
    ['docker exec *', 'docker exec box ls', false],
    ['docker exec box *', 'docker exec box ls', true],
    ['*', 'anything at all', true],
    ['*', '/tmp/anything', false],
  ])('%s, to %s: %s', (entry, command, expected) => {
    expect(allowed(entry, command)).toBe(expected)
  })
})

describe('an entry under never or approval_required', () => {
  test.each([
    ['rm *', '/bin/rm x', true],
    ['rm *', './tools/rm x', true],
    ['rm *', 'RM x', true],
    ['rm -rf', 'rm -r -f x', true],
    ['rm -rf', 'rm x --force --recursive', true],
    ['rm -rf', 'rm -Rf x', true],
    ['rm -rf', 'rm -r x', false],
    ['git push --force', 'git -C lib push origin main --force', true],
    ['git push --force', 'git push -uf origin x', true],
    ['git push --force', 'git push --fo', true],
    ['git push --force', 'git push origin +main', true],
    ['git push --force', 'git push origin main', false],
    ['git push', 'git stash push', false],
    ['git push', 'git commit -m push', false],
    ['kubectl delete', 'kubectl -n prod delete pod x', true],
    ['kubectl delete', 'kubectl get delete', false],
    ['kubectl delete', 'kubectl $X', false],
    ['npm run deploy', 'npm run --silent deploy', true],
    ['cat secrets/**', 'cat ./secrets/a', true],
  ])('%s, to %s: %s', (entry, command, expected) => {
    expect(meant(entry, command)).toBe(expected)
  })
})

describe('an entry that is no command', () => {
  test.each([
    'npm run test:*',
    '* test',
    'git * diff',
    'npm test; ls',
    'npm test | cat',
    'echo $HOME',
    'A=1',
    '',
    "echo 'open",
    "echo a'b'",
    'npm  test',
    'npm\ttest',
    'x'.repeat(401),
    'a '.repeat(50),
  ])('is told so: %s', (entry) => {
    expect(parsePattern(entry)).toHaveProperty('problem')
  })
})
