import { describe, expect, test } from 'vitest'
import { partsOfCommand } from './parts'
import { LONGEST_COMMAND } from './screen'
import { readCommand, readWords } from './walk'

const nowhere = { cwd: null, workspace: null }
const runs = (text: string, place = nowhere) =>
  readCommand(text, place).parts.map(({ words }) => words.map(({ value, open }) => (open === 'any' ? '?' : value)))
const doubts = (text: string, place: { cwd: string | null; workspace: string | null } = nowhere) =>
  readCommand(text, place).doubts.map(({ why }) => why)

describe('a command', () => {
  test('is every simple command in it, wherever it stands', () => {
    const said = 'a "$(b)" | c && d <(e) || { f; } ; g `h` ; (i) & ! j ; if k; then l; else m; fi; while n; do o; done'
    expect(
      runs(said)
        .map(([name]) => name)
        .toSorted(),
    ).toEqual([...'abcdefghijklmno'])
  })

  test('is what its wrappers run', () => {
    expect(runs("timeout -k 5 60 env CI=1 sh -c 'nice -n 5 npm test'").at(-1)).toEqual(['npm', 'test'])
    expect(runs('find . -exec grep -l x {} + -exec wc {} \\;').slice(1)).toEqual([
      ['grep', '-l', 'x', 'found/*'],
      ['wc', 'found/*'],
    ])
    expect(runs('xargs -0 -n 2 rm -f').at(-1)).toEqual(['rm', '-f', '?'])
  })

  test('of words is read without a shell', () => {
    expect(readWords(['echo', '$(rm x)'], nowhere).parts).toHaveLength(1)
    expect(readWords(['bash', '-lc', 'echo $(rm x)'], nowhere).parts.map(({ text }) => text)).toContain('rm x')
  })

  test('of words that begins with a variable or an option is doubted, and is read as env would run it', () => {
    for (const words of [
      ['A=b', 'rm', '-rf', '.'],
      ['-i', 'rm', '-rf', '.'],
      ['-S', 'rm -rf .'],
    ]) {
      const { parts, doubts: found } = readWords(words, nowhere)
      expect(found.map(({ why }) => why)).toContain('which program it runs is not known before it runs')
      expect(parts.at(-1)?.words.map(({ value }) => value)).toEqual(['rm', '-rf', '.'])
    }
  })

  test('is shown by its parts, the wrappers apart', () => {
    expect(partsOfCommand('timeout 5 npm test; ls')).toEqual({
      parts: [
        { text: 'timeout 5 npm test', kind: 'around' },
        { text: 'npm test', kind: 'runs' },
        { text: 'ls', kind: 'runs' },
      ],
      doubts: [],
    })
    expect(partsOfCommand('$X').doubts).toEqual([
      { text: '$X', why: 'which program it runs is not known before it runs' },
    ])
  })

  test('is the same each time it is read', () => {
    const text = 'cd a && npm test "$(id)" > x.log'
    expect(readCommand(text, nowhere)).toEqual(readCommand(text, nowhere))
  })
})

describe('a place', () => {
  const place = { cwd: '/home/dev/app/lib', workspace: '/home/dev/app' }

  test('inside the workspace is known by its path', () => {
    expect(readCommand('/home/dev/app/run.sh', place).parts[0]?.words[0]?.value).toBe('./run.sh')
    expect(readCommand('../run.sh', place).parts[0]?.words[0]?.value).toBe('./run.sh')
    expect(readCommand('cd .. && ./run.sh', place).parts.at(-1)?.words[0]?.value).toBe('./run.sh')
  })

  test('outside it, or told by nobody, is a doubt', () => {
    expect(doubts('npm test', { cwd: '/etc', workspace: '/home/dev/app' })).toContain('it runs outside the workspace')
    expect(doubts('npm test', { cwd: '/home/dev/app', workspace: null })).toContain('it runs outside the workspace')
    expect(doubts('npm test', { cwd: '/home/dev/app-evil', workspace: '/home/dev/app' })).toHaveLength(2)
    expect(doubts('../../run.sh', place)).toContain('the program is outside the workspace')
    expect(doubts('npm test', { cwd: 'lib', workspace: null })).toEqual([])
  })
})

describe('what is hostile', () => {
  const many = LONGEST_COMMAND / 2
  const texts = [
    '$('.repeat(many),
    '('.repeat(many),
    '`'.repeat(many),
    '${a:-'.repeat(many / 5),
    'cat <<A '.repeat(many / 8),
    '{a,'.repeat(many / 3),
    'if '.repeat(many / 3),
    'case a in '.repeat(many / 10),
    'sh -c '.repeat(many / 6),
    'env '.repeat(many / 4),
    'xargs '.repeat(many / 6),
    'strace a '.repeat(many / 9),
    '$(a)'.repeat(300),
    'a;'.repeat(many),
    '"'.repeat(9_999),
    `${'\\'.repeat(9_999)}`,
    `x${' y'.repeat(4_999)}`,
    'a\u0000b',
    'a\rrm x',
    '\ufeffa',
    'x'.repeat(1_000_000),
  ]

  test.each(texts.map((text) => [text.slice(0, 20), text]))('is read within bounds: %s', (_, text) => {
    const { parts, doubts: found } = readCommand(text, nowhere)
    expect(parts.length).toBeLessThanOrEqual(201)
    expect(found.length).toBeLessThanOrEqual(201)
    for (const { text: shown } of [...parts, ...found]) expect(shown.length).toBeLessThanOrEqual(200)
  })

  test('is doubted where it is too long, or holds what no shell should see', () => {
    expect(doubts('x'.repeat(LONGEST_COMMAND + 1))).toEqual([`it is longer than ${LONGEST_COMMAND} characters`])
    expect(doubts('ls\rrm x')).toEqual(['it has control characters in it'])
    expect(doubts('$('.repeat(500))).toEqual(['it is nested too deeply to read'])
  })
})
