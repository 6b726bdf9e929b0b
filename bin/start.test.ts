import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { dataFolder, postgresOf, startServer, type Started, type StartOptions } from './testing'

const isRoot = process.getuid?.() === 0
const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

function data(owner?: number): string {
  const { folder, remove } = dataFolder(owner)
  undo.push(remove)
  return folder
}

/** Starts one, and makes sure that the test leaves neither it nor its Postgres behind. */
function start(folder: string, options: StartOptions = {}): Started {
  const started = startServer({ ...options, env: { COUNTERSIGN_DATA: folder, ...options.env } })
  undo.push(async () => {
    started.child.kill('SIGTERM')
    await started.ended
    const left = postgresOf(folder)
    if (left !== null) process.kill(left, 'SIGKILL')
  })
  return started
}

const get = async (base: string, target: string) => (await fetch(base + target)).status

describe('a start', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('serves, and %s ends it with its Postgres', async (signal) => {
    const folder = data()
    const started = start(folder)
    const base = await started.ready()
    expect(await get(base, '/api/ready')).toBe(200)
    expect(postgresOf(folder)).not.toBeNull()
    started.child.kill(signal)
    expect(await started.ended).toBe(0)
    expect(postgresOf(folder)).toBeNull()
    await expect(fetch(`${base}/api/health`)).rejects.toThrow()
  })

  it('a second time finds what the first one kept', async () => {
    const folder = data()
    const first = start(folder)
    await first.ready()
    const name = /ledger +(countersign\/\w+)/.exec(first.output())?.[1]
    first.child.kill('SIGTERM')
    await first.ended
    const second = start(folder)
    await second.ready()
    expect(second.output()).toContain('no new migrations')
    expect(second.output()).toContain(name)
  })

  it('after kill -9 takes over the Postgres that was left', async () => {
    const folder = data()
    const first = start(folder)
    await first.ready()
    const left = postgresOf(folder)
    first.child.kill('SIGKILL')
    await first.ended
    expect(postgresOf(folder)).toBe(left)
    const second = start(folder)
    expect(await get(await second.ready(), '/api/ready')).toBe(200)
    expect(second.output()).toContain('left running by a process that died')
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(postgresOf(folder)).toBeNull()
  })

  it('after kill -9 of everything recovers', async () => {
    const folder = data()
    const first = start(folder)
    await first.ready()
    first.child.kill('SIGKILL')
    await first.ended
    process.kill(postgresOf(folder) ?? 0, 'SIGKILL')
    expect(await get(await start(folder).ready(), '/api/ready')).toBe(200)
  })

  it('stopped while it still starts leaves nothing', async () => {
    const folder = data()
    const started = start(folder)
    while (!started.output().includes('build')) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 300))
    started.child.kill('SIGTERM')
    await started.ended
    expect(postgresOf(folder)).toBeNull()
  })

  it('keeps its secrets to its user', async () => {
    const folder = data()
    await start(folder).ready()
    for (const file of ['logins.json', 'keys/ledger-checkpoint.key']) {
      expect(statSync(path.join(folder, file)).mode & 0o077).toBe(0)
    }
  })

  it.runIf(isRoot)('works as another user than root', async () => {
    const folder = data(12_345)
    expect(await get(await start(folder, { uid: 12_345 }).ready(), '/api/ready')).toBe(200)
  })

  it.runIf(isRoot)('works as root where nobody else may enter', async () => {
    const home = data()
    chmodSync(home, 0o700)
    const folder = path.join(home, 'data')
    mkdirSync(folder, { mode: 0o700 })
    expect(await get(await start(folder).ready(), '/api/ready')).toBe(200)
  })
})

describe('a start that cannot be', () => {
  /** It ends with code 1 and exactly one sentence on the terminal's error stream, and no stack. */
  async function refusal(started: Started): Promise<string> {
    expect(await started.ended).toBe(1)
    const sentences = started
      .output()
      .split('\n')
      .filter((line) => line.startsWith('countersign: '))
    expect(sentences).toHaveLength(1)
    expect(started.output()).not.toMatch(/^\s+at /m)
    return sentences[0] ?? ''
  }

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    undo.push(() => void other.close())
    const { port } = other.address() as AddressInfo
    expect(await refusal(start(data(), { env: { PORT: String(port) } }))).toContain(
      `Port ${port} of 127.0.0.1 is taken`,
    )
  })

  it('says that the data is in use, and leaves whoever uses it alone', async () => {
    const folder = data()
    const first = start(folder)
    const base = await first.ready()
    expect(await refusal(startServer({ env: { COUNTERSIGN_DATA: folder } }))).toContain(`already runs on ${folder}`)
    expect(await get(base, '/api/ready')).toBe(200)
  })

  it('says so too when two start on empty data at once; one of them serves', async () => {
    const folder = data()
    const both = [start(folder), start(folder)]
    const outcomes = await Promise.all(
      both.map((each) =>
        each.ready().then(
          (base) => get(base, '/api/ready'),
          () => 'refused',
        ),
      ),
    )
    expect(outcomes.toSorted()).toEqual([200, 'refused'])
    const loser = both[outcomes.indexOf('refused')]
    expect(loser?.output()).toContain(`already runs on ${folder}`)
  })

  it.each([
    ['PORT', 'eighty', 'PORT is not a port'],
    ['HOST', '203.0.113.7', 'HOST 203.0.113.7 is not an address of this machine'],
    ['PUBLIC_URL', 'countersign.example.com', 'PUBLIC_URL is not an address like'],
    ['DATABASE_URL', 'mysql://u:hunter2@localhost/db', 'DATABASE_URL is not a URL like'],
    ['DATABASE_URL', 'postgresql://u:hunter2@127.0.0.1:1/db', 'does not answer (ECONNREFUSED)'],
    ['DATABASE_URL', 'postgresql://u:hunter2@nowhere.invalid/db', 'does not answer'],
  ])('says what is wrong with %s=%s', async (name, value, sentence) => {
    const said = await refusal(start(data(), { env: { [name]: value } }))
    expect(said).toContain(sentence)
    expect(said).not.toContain('hunter2')
  })

  it('says that Node is too old', async () => {
    const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.4'}})`
    const said = await refusal(start(data(), { node: ['--import', pretend] }))
    expect(said).toBe('countersign: This is Node 18.20.4; Countersign needs Node 20.19 or newer.')
  })

  const mayMount = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0
  it.runIf(mayMount)('says that the disk is full', async () => {
    const folder = data()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder])
    expect(mounted.status).toBe(0)
    undo.push(() => void spawnSync('umount', [folder]))
    expect(await refusal(start(folder))).toContain('No space is left on the disk')
  })
})
