import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keeperOf, leftFolder } from './left'

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'left-'))
const program = path.join(root, 'keeps.mjs')
let folder: string
let made = 0
beforeAll(async () => {
  const contents = `import { keeperOf } from './clients/exec/left'
    const [folder, stays] = process.argv.slice(2)
    keeperOf(folder, ['id']).keep({ run: 'run_1', key: 'k1' })
    console.log('kept')
    if (stays) setInterval(() => undefined, 1_000)`
  await build({
    stdin: { contents, resolveDir: path.resolve(import.meta.dirname, '../..'), loader: 'ts' },
    ...{ outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
  })
})
beforeEach(() => {
  folder = path.join(root, String((made += 1)))
})
afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true })
})
/** What another process keeps, and leaves. */
const leave = () => {
  expect(spawnSync(process.execPath, [program, folder], { encoding: 'utf8' }).stdout).toBe('kept\n')
}

describe('what an exec left', () => {
  it('is found by the same request, and by one alone', () => {
    leave()
    expect(keeperOf(folder, ['touch', 'x']).left).toBeNull()
    expect(keeperOf(folder, ['id']).left).toEqual({ run: 'run_1', key: 'k1' })
    expect(keeperOf(folder, ['id']).left).toBeNull()
  })

  it('is forgotten once the command begins', () => {
    leave()
    const keeper = keeperOf(folder, ['id'])
    keeper.forget()
    expect(fs.readdirSync(folder)).toEqual([])
  })

  it('is left to its process while that lives, and is taken once it was killed', async () => {
    const other = spawn(process.execPath, [program, folder, 'stays'], { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise((resolve) => other.stdout.once('data', resolve))
    expect(keeperOf(folder, ['id']).left).toBeNull()
    const ended = new Promise((resolve) => other.once('exit', resolve))
    other.kill('SIGKILL')
    await ended
    expect(keeperOf(folder, ['id']).left).toEqual({ run: 'run_1', key: 'k1' })
  })

  it('is nothing where it is old, or nothing of ours', () => {
    leave()
    const [file = ''] = fs.readdirSync(folder)
    const old = Date.now() / 1_000 - 25 * 3_600
    fs.utimesSync(path.join(folder, file), old, old)
    expect(keeperOf(folder, ['id']).left).toBeNull()
    expect(fs.readdirSync(folder)).toEqual([])
    for (const text of ['', '{}', '{"run":1,"key":[]}', '[]', 'null']) {
      leave()
      fs.writeFileSync(path.join(folder, fs.readdirSync(folder)[0] ?? ''), text)
      const keeper = keeperOf(folder, ['id'])
      expect(keeper.left).toBeNull()
      keeper.forget()
    }
  })

  it('is left to another machine, and to another namespace of this one, and is taken where this one has started anew since', () => {
    const renamed = (part: number, word: string) => {
      leave()
      const [file = ''] = fs.readdirSync(folder)
      const [request = '', owner = '', own = ''] = file.split('.')
      const parts = owner.split('-')
      parts[part] = word
      fs.renameSync(path.join(folder, file), path.join(folder, `${request}.${parts.join('-')}.${own}`))
      const keeper = keeperOf(folder, ['id'])
      fs.rmSync(folder, { recursive: true })
      return keeper.left
    }
    expect(renamed(0, 'another')).toBeNull()
    expect(renamed(2, '1')).toBeNull()
    expect(renamed(1, 'earlier')).not.toBeNull()
    expect(renamed(4, '1')).not.toBeNull()
  })

  it('is for its user alone', () => {
    leave()
    expect(fs.statSync(folder).mode & 0o077).toBe(0)
    expect(fs.statSync(path.join(folder, fs.readdirSync(folder)[0] ?? '')).mode & 0o077).toBe(0)
  })

  it('is not kept where nothing can be, and nothing breaks', () => {
    const blocked = path.join(root, 'a-file')
    fs.writeFileSync(blocked, '')
    const keeper = keeperOf(path.join(blocked, 'x'), ['id'])
    keeper.keep({ run: 'run_1', key: 'k1' })
    keeper.forget()
    expect(keeper.left).toBeNull()
  })
})

it('it lies under the state of its user', () => {
  expect(leftFolder({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/countersign/exec')
  expect(leftFolder({ XDG_STATE_HOME: 's', HOME: '/h' })).toBe('/h/.local/state/countersign/exec')
})
