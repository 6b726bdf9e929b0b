import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { dataFolder, postgresOf, startServer } from './testing'

const root = path.resolve(import.meta.dirname, '..')
const run = promisify(execFile)
const { folder, remove } = dataFolder()
const started = startServer({ script: 'demo', args: ['certification'], env: { COUNTERSIGN_DATA: folder } })
afterAll(async () => {
  started.child.kill('SIGTERM')
  await started.ended
  const left = postgresOf(folder)
  if (left !== null) process.kill(left, 'SIGKILL')
  remove()
})

/** The commands the guide prints, in its order. */
function commands(): string[] {
  const guide = readFileSync(path.join(root, 'docs/guides/authzen.md'), 'utf8')
  const section = guide.slice(guide.indexOf('## The certification scenario'))
  return Array.from(section.matchAll(/```sh\n([\s\S]*?)```/g), ([, text]) => text ?? '')
}

test('every command of the guide about the certification scenario does what it says', async () => {
  const [load = '', given = '', eight = '', who = '', ...rest] = commands()
  expect(rest).toEqual([])
  // the first is what runs: `npm run demo` is the script beside this file
  expect(load.trim()).toBe('npm run demo certification')
  expect(readFileSync(path.join(root, 'package.json'), 'utf8')).toContain('"demo": "node bin/demo.mjs"')
  const url = await started.ready()
  await expect.poll(() => started.output(), { timeout: 60_000, interval: 100 }).toContain('credentials.json')

  // the others word for word, but for where this server is
  const here = (text: string) => text.replaceAll('http://localhost:3000', url).replaceAll('.data/certification', folder)
  const said = async (text: string): Promise<unknown> => {
    const { stdout } = await run('bash', ['-euc', here(text)], { cwd: root })
    return JSON.parse(stdout)
  }
  expect(await said(given)).toMatchObject({ access_evaluation_endpoint: `${url}/access/v1/evaluation` })
  const lines = given.split('\n').slice(0, 2).join('\n')
  const decided = (await said(`${lines}\n${eight}`)) as { evaluations: { decision: boolean }[] }
  const claimed = /they are `([a-z ]+)`/.exec(readFileSync(path.join(root, 'docs/guides/authzen.md'), 'utf8'))?.[1]
  expect(decided.evaluations.map(({ decision }) => String(decision)).join(' ')).toBe(claimed)
  expect(await said(`${lines}\n${who}`)).toMatchObject({
    results: [
      { type: 'user', id: 'alice' },
      { type: 'user', id: 'bob' },
    ],
  })
})
