import { spawn } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { dataFolder, postgresOf, startServer, type Started } from './testing'

const root = path.resolve(import.meta.dirname, '..')
const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

/** The command as a person runs it, on one install. */
async function countersign(folder: string, ...args: string[]): Promise<{ code: number | null; said: string }> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DATABASE_|VITEST|NODE_ENV|npm_)/.test(name)),
  )
  const child = spawn(process.execPath, [path.join(root, 'bin/countersign.mjs'), ...args], {
    cwd: path.dirname(folder),
    env: { ...env, COUNTERSIGN_DATA: folder } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, said }
}

async function start(folder: string): Promise<{ started: Started; base: string }> {
  const started = startServer({ env: { COUNTERSIGN_DATA: folder } })
  undo.push(async () => {
    started.child.kill('SIGTERM')
    await started.ended
    const left = postgresOf(folder)
    if (left !== null) process.kill(left, 'SIGKILL')
  })
  return { started, base: await started.ready() }
}

async function stop({ started }: { started: Started }): Promise<void> {
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
}

const sizeAt = async (base: string) => Number((await (await fetch(`${base}/log/checkpoint`)).text()).split('\n')[1])

/** Waits until the log has a checkpoint over more than so many entries. */
async function grown(base: string, beyond: number): Promise<number> {
  for (;;) {
    const size = (await fetch(`${base}/log/checkpoint`)).ok ? await sizeAt(base) : 0
    if (size > beyond) return size
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Makes entries as the first administrator does: by founding the organisation. */
async function found(base: string, output: string): Promise<void> {
  const token = /\/welcome\/(\S+)/.exec(output)?.[1] ?? ''
  const response = await fetch(`${base}/api/console/first-run/${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({
      organisation: 'Quillhaven Mutual',
      timeZone: 'Europe/Amsterdam',
      name: 'Petra Vandermolen',
      email: 'petra@quillhaven.example',
      password: 'kelp-lantern-orbit-7',
    }),
  })
  expect({ status: response.status, body: await response.text() }).toMatchObject({ status: 204 })
}

describe('the ledger of a whole server', () => {
  it('survives its key being replaced and its database being restored, and a watcher sees through both', async () => {
    const { folder, remove } = dataFolder()
    undo.push(remove)
    const watched = path.join(path.dirname(folder), 'watched')
    const watch = (base: string, ...more: string[]) =>
      countersign(folder, 'watch', base, '--once', '--name', 'elsewhere', '--folder', watched, ...more)

    let server = await start(folder)
    const first = await grown(server.base, 0)
    expect(await watch(server.base)).toMatchObject({
      code: 0,
      said: expect.stringContaining('trusting the key') as string,
    })
    expect(await countersign(folder, 'ledger', 'rotate-key')).toMatchObject({
      code: 2,
      said: expect.stringContaining('already runs on') as string,
    })
    await stop(server)

    expect(await countersign(folder, 'ledger', 'rotate-key')).toMatchObject({ code: 0 })
    expect(await countersign(folder, 'verify')).toMatchObject({ code: 0 })
    const backup = path.join(path.dirname(folder), 'backup')
    cpSync(path.join(folder, 'postgres'), backup, { recursive: true })

    server = await start(folder)
    expect(await grown(server.base, first)).toBe(first + 1)
    await found(server.base, server.started.output())
    await grown(server.base, first + 1)
    expect(await watch(server.base)).toMatchObject({
      code: 0,
      said: expect.stringMatching(/consistent with 1 kept checkpoint/) as string,
    })
    await stop(server)
    const full = Number(readFileSync(path.join(folder, 'ledger/released-checkpoint'), 'utf8').split('\n')[1])
    expect(full).toBeGreaterThan(first + 1)

    // The database alone goes back to the backup; what was let out stays.
    rmSync(path.join(folder, 'postgres'), { recursive: true })
    cpSync(backup, path.join(folder, 'postgres'), { recursive: true })
    expect(await countersign(folder, 'verify')).toMatchObject({
      code: 1,
      said: expect.stringContaining('a checkpoint covers more entries than there are') as string,
    })
    server = await start(folder)
    expect(server.started.output()).toContain(`a checkpoint over ${full} was let out`)
    expect(server.started.output()).toContain('The organisation is halted.')
    expect(await watch(server.base)).toMatchObject({ code: 1, said: expect.stringContaining('ROLLBACK') as string })
    await stop(server)

    const name = /countersign\/[0-9a-f]{24}/.exec(server.started.output())?.[0] ?? ''
    expect(await countersign(folder, 'ledger', 'continue')).toMatchObject({ code: 1 })
    expect(await countersign(folder, 'ledger', 'continue', '--confirm', name)).toMatchObject({
      code: 0,
      said: expect.stringContaining(`goes on as ${name}/2`) as string,
    })
    expect(existsSync(`${folder}/ledger-before-1/released-checkpoint`)).toBe(true)
    expect(await countersign(folder, 'verify')).toMatchObject({ code: 0 })
    server = await start(folder)
    expect(server.started.output()).toContain(`${name}/2`)
    expect(server.started.output()).not.toContain('nothing more is signed')
    expect(await watch(server.base)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`goes on as ${name}/2`) as string,
    })
  })
})
