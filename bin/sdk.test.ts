import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { install, programOf, type Install, type Undo } from './governed'
import { installTarball, packSdk } from './sdk-testing'

const root = path.resolve(import.meta.dirname, '..')
const run = promisify(execFile)
const undo: Undo = []
const packed = mkdtempSync(path.join(tmpdir(), 'countersign-sdk-pack-'))
const stranger = mkdtempSync(path.join(tmpdir(), 'countersign-sdk-stranger-'))
const installed = path.join(stranger, 'node_modules/@countersign/sdk')
let tarball = ''
beforeAll(async () => {
  tarball = await packSdk(packed)
  await installTarball(tarball, stranger)
})
afterAll(async () => {
  for (const each of undo.splice(0).reverse()) await each()
  for (const folder of [packed, stranger]) rmSync(folder, { recursive: true, force: true })
})

const files = () => readdirSync(installed, { recursive: true, encoding: 'utf8' }).sort()
const text = (file: string) => readFileSync(path.join(installed, file), 'utf8')
const manifest = () =>
  JSON.parse(text('package.json')) as Record<string, unknown> & {
    exports: Record<string, string | { types: string; default: string }>
  }

/** What every entry can be asked for, in TypeScript as a stranger writes it. */
const PROGRAM = `import { CountersignClient, guard, type Answer, type NotAllowed, type Refusal, type Run, type RunStopped } from '@countersign/sdk'
import { expressGrant } from '@countersign/sdk/executor'
import { governedHooks } from '@countersign/sdk/claude-agent'
import { governedTools } from '@countersign/sdk/openai-agents'
const client = new CountersignClient({ server: 'http://127.0.0.1:1', clientId: 'ag_x', clientSecret: 'x' })
const double = guard(client, 'math.double', async ({ of }: { of: number }, { signal, answer }) => { signal?.throwIfAborted(); return answer.id + String(2 * of) })
export const told: Promise<string> = double({ of: 2 })
export const inRun = (body: (run: Run) => Promise<Answer>): Promise<Answer> => client.run(body)
export const why = (error: NotAllowed | Refusal | RunStopped): string => ('kind' in error ? error.kind : error.code)
export const tools = client.run(async (run) => governedTools(run).govern('math.double', async ({ of }: { of: number }) => 2 * of).execute({ of: 1 }))
export const hooks = governedHooks({ server: 'http://127.0.0.1:1', clientId: 'ag_x', clientSecret: 'x' }).PreToolUse
export const check = expressGrant(client, () => null)
// @ts-expect-error what is no tool's argument
export const wrong = double({ of: 'two' })
`

describe('the package', () => {
  it('holds what its entries name, a README and the licence, and neither sources nor tests', () => {
    const { exports, dependencies, scripts, ...said } = manifest()
    expect(said).toMatchObject({
      name: '@countersign/sdk',
      license: 'Apache-2.0',
      type: 'module',
      engines: { node: '>=20.19' },
    })
    expect({ dependencies, scripts }).toEqual({ dependencies: undefined, scripts: undefined })
    const named = Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : [entry.types, entry.default],
    )
    expect(files()).toEqual(expect.arrayContaining(['README.md', 'LICENSE', ...named.map((file) => file.slice(2))]))
    expect(
      files().filter((file) => !/^[a-z-]+(\.d\.ts|\.js)$|^(README\.md|LICENSE|package\.json)$/.test(file)),
    ).toEqual([])
  })

  it('imports its own files and Node, nothing of the server', () => {
    const imported = files().flatMap((file) =>
      /\.(js|d\.ts)$/.test(file)
        ? Array.from(text(file).matchAll(/(?:from |import\(|require\()['"]([^'"]+)['"]/g), ([, name = '']) => name)
        : [],
    )
    expect(imported.length).toBeGreaterThan(20)
    expect(imported.filter((name) => !/^node:|^\.\/[a-z-]+\.js$/.test(name))).toEqual([])
    for (const name of imported.filter((each) => each.startsWith('./'))) expect(files()).toContain(name.slice(2))
  })

  it('lets nobody reach past its entries', async () => {
    const reach = run(process.execPath, ['--input-type=module', '-e', "import '@countersign/sdk/client'"], {
      cwd: stranger,
    })
    await expect(reach).rejects.toMatchObject({
      stderr: expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED') as string,
    })
  })

  it('is typed for a program that trusts nothing: strict, by Node’s own resolution, its declarations checked too', async () => {
    mkdirSync(path.join(stranger, 'node_modules/@types'), { recursive: true })
    for (const name of ['@types/node', 'undici-types'])
      symlinkSync(path.join(root, 'node_modules', name), path.join(stranger, 'node_modules', name))
    writeFileSync(path.join(stranger, 'program.ts'), PROGRAM)
    const strict = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
      '--exactOptionalPropertyTypes',
    ]
    const checked = run(
      process.execPath,
      [path.join(root, 'node_modules/typescript/bin/tsc'), ...strict, 'program.ts'],
      { cwd: stranger },
    )
    const said = await checked.then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    )
    expect(said).toBe('')
  })
})

/** A plain program: closes a ticket, and prints what came of it. */
const CLOSES = `import { CountersignClient, guard } from '@countersign/sdk'
const { SERVER: server, ID: clientId, SECRET: clientSecret } = process.env
const client = new CountersignClient({ server, clientId, clientSecret })
const close = guard(client, 'tickets.close', async ({ ticket }) => 'closed ' + ticket)
console.log(await close({ ticket: 'SUP-1' }).catch((error) => error.name + ' ' + error.code))
`

describe('a plain program with the package, against a server as people start it', () => {
  let at: Install
  beforeAll(async () => {
    at = await install(undo)
    writeFileSync(path.join(stranger, 'closes.mjs'), CLOSES)
  })

  async function played(answer: 'approve' | 'reject'): Promise<string> {
    const { clientId, clientSecret } = at.credentials
    const env = {
      PATH: process.env.PATH,
      SERVER: at.url,
      ID: clientId,
      SECRET: clientSecret,
    } as unknown as NodeJS.ProcessEnv
    const program = run(process.execPath, ['closes.mjs'], { cwd: stranger, env })
    const dana = await new ConsoleClient(at.url).signIn(at.dana.email, at.dana.password)
    const waits = async () =>
      (await dana.get<{ rows: { id: string; action: string }[] }>('/api/console/approvals')).rows
    await expect.poll(async () => (await waits()).length, { timeout: 60_000 }).toBe(1)
    const [{ id, action } = expect.fail('nothing waits')] = await waits()
    const { digest } = await programOf(at).read(action)
    await dana.post(`/api/console/approvals/${id}/verdict`, { answer, digest, reason: 'Looked at it.' })
    return (await program).stdout.trim()
  }

  it('runs what a person approves, and not what a person rejects', async () => {
    expect(await played('approve')).toBe('closed SUP-1')
    expect(await played('reject')).toBe('NotAllowed approval_required')
  })
})
