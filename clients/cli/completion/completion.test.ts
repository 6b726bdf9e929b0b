import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { allVerbs } from '../shared/table'
import { run } from '../completion'
import { SHELLS } from './shells'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-completion-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const verbs = await allVerbs()
const script = path.join(folder, 'countersign.bash')
writeFileSync(script, SHELLS.bash(verbs))
mkdirSync(path.join(folder, 'here/policies'), { recursive: true })
writeFileSync(path.join(folder, 'here/trace.jsonl'), '')

/** What a real bash would offer where the cursor stands at the end of the line. */
function offered(line: string): string[] {
  const words = line.split(/\s+/)
  const asks = `
    source "$1"
    COMP_LINE=$2 COMP_POINT=\${#2} COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${String(words.length - 1)}
    command=\${2%% *}
    spec=$(complete -p "$command") || exit 3
    [[ $spec =~ -F\\ ([^ ]+) ]] && "\${BASH_REMATCH[1]}" "$command"
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const done = spawnSync('bash', ['--norc', '-c', asks, 'bash', script, line], {
    cwd: path.join(folder, 'here'),
    encoding: 'utf8',
  })
  expect(done.stderr).toBe('')
  expect(done.status).toBe(0)
  return done.stdout
    .split('\n')
    .filter((word) => word !== '')
    .sort()
}

describe('completion in a real bash', () => {
  it('is a script bash reads without a fault', () => {
    expect(spawnSync('bash', ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  it('offers every verb, and those that begin so', () => {
    expect(offered('countersign ')).toEqual([...verbs.map(({ name }) => name), 'help'].sort())
    expect(offered('countersign ver')).toEqual(['verify'])
    expect(offered('npx countersign ver')).toEqual(['verify'])
    expect(offered('npx counter')).toEqual(['countersign'])
  })

  it.each(
    verbs.flatMap((verb) => verb.commands.map((command) => [`${verb.name} ${command.words}`.trim(), command] as const)),
  )('offers the options of %s, all of them and no others', (name, command) => {
    expect(offered(`countersign ${name} --`)).toEqual(
      Object.keys(command.options)
        .map((each) => `--${each}`)
        .sort(),
    )
  })

  it.each(verbs.filter(({ commands }) => commands.some(({ words }) => words !== '')))(
    'offers the words that may follow $name',
    ({ name, commands }) => {
      const words = commands.map(({ words: each }) => each).filter((each) => each !== '')
      expect(offered(`countersign ${name} `)).toEqual(expect.arrayContaining(words))
      expect(offered(`countersign help ${name} `)).toEqual(expect.arrayContaining(words))
    },
  )

  it('offers values: the words of a place, files, folders; and nothing where only a person knows', () => {
    expect(offered('countersign halt org')).toEqual(['organisation'])
    expect(offered('countersign halt agent ')).toEqual([])
    expect(offered('countersign completion ')).toEqual(['bash', 'fish', 'zsh'])
    expect(offered('countersign replay ')).toEqual(['policies', 'trace.jsonl'])
    expect(offered('countersign replay trace.jsonl --boundary t')).toEqual(['trace.jsonl'])
    expect(offered('countersign boundary pull ')).toEqual(['policies'])
    expect(offered('countersign halt --reason ')).toEqual([])
  })

  it('knows the value of an option from a word that follows, a URL with its colons too', () => {
    expect(offered('countersign halt --server http://localhost:3000 li')).toEqual(['list'])
    expect(offered('countersign halt --json li')).toEqual(['list'])
    expect(offered('countersign halt list --server http://localhost:3000 --js')).toEqual(['--json'])
  })
})

describe('countersign completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints the script of %s, which names every verb and option', async (shell) => {
    let out = ''
    expect(await run([shell], { out: (text) => void (out += text), error: () => undefined })).toBe(0)
    for (const { name, commands } of verbs) {
      expect(out).toContain(name)
      for (const { options } of commands)
        for (const option of Object.keys(options))
          expect(out).toContain(shell === 'fish' ? `-l ${option}` : `--${option}`)
    }
  })

  it('knows no other shell, and says which was meant', async () => {
    let error = ''
    expect(await run(['zhs'], { out: () => undefined, error: (text) => void (error += text) })).toBe(2)
    expect(error).toContain('Did you mean zsh?')
  })
})
