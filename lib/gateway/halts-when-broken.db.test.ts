import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as halts from '@/app/api/console/halts/route'
import * as sessions from '@/app/api/console/sessions/route'
import { run } from '@/clients/cli/halt'
import { sampleAgent } from '@/lib/agents/testing'
import { publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { makeSource } from '@/lib/halt/manage-sources'
import { recordBrokenGlass } from '@/lib/halt/record-broken-glass'
import { createToken } from '@/lib/people/create-token'
import { TEST_ORIGIN, TEST_PASSWORD, testOrganisation, testPerson } from '@/lib/people/testing'
import { testGateway } from './gateway-testing'

/** The runbook, rehearsed: what docs/guides/halt.md says to type is typed here, while what it is for is broken. */
const root = path.resolve(import.meta.dirname, '../..')
const GUIDE = readFileSync(path.join(root, 'docs/guides/halt.md'), 'utf8')
const RUNBOOK = readFileSync(path.join(root, 'app/(console)/halt/runbook/page.tsx'), 'utf8')

const database = await testDatabase()
const { pools, name, urls } = database
const { app } = await testGateway(database)
const url = await app.listen({ port: 0, host: '127.0.0.1' })
const noor = await testOrganisation()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const { token } = await transaction((tx) =>
  createToken(tx, dana, { name: 'night', days: 7, scope: 'halt' }, new Date()),
)
const source = await transaction((tx) => makeSource(tx, noor.id, { name: 'SIEM', may: ['agent'] }, new Date()))

async function cli(...args: string[]) {
  let [out, error] = ['', '']
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) }
  const exit = await run(args, terminal, { COUNTERSIGN_TOKEN: token })
  return { exit, out, error }
}
const shell = (script: string, env: Record<string, string>) =>
  promisify(execFile)('bash', ['-c', script], { env: { ...process.env, ...env } })
const post = (handler: typeof halts.POST, body: Record<string, string>, cookie = '') =>
  handler(
    new Request(`${TEST_ORIGIN}/api/console/x`, {
      method: 'POST',
      headers: { origin: TEST_ORIGIN, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
const lift = () => pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')

/** The database is at its limit: it gives no connection to anybody, and those of the ordinary pool are gone. */
async function atTheLimit(work: () => Promise<void>): Promise<void> {
  await pools.superuser.query(`ALTER DATABASE ${name} CONNECTION LIMIT 1`)
  try {
    await pools.superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'countersign app'`,
      [name],
    )
    await expect(pool('app').query('SELECT 1')).rejects.toMatchObject({ code: expect.stringMatching(/53300|57P01/) })
    await expect(pool('app').query('SELECT 1')).rejects.toMatchObject({ code: '53300' })
    await work()
  } finally {
    await pools.superuser.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`)
    await lift()
  }
}

describe('while the database gives nobody a connection', () => {
  it('a person signs in and halts', async () => {
    await atTheLimit(async () => {
      const signedIn = await post(sessions.POST, { email: dana.email, password: TEST_PASSWORD })
      expect(signedIn.status).toBe(204)
      const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
      const engaged = await post(halts.POST, { scope: 'organisation' }, cookie)
      expect([engaged.status, await engaged.json()]).toMatchObject([200, { already: false }])
    })
  })

  it('many strangers who sign in do not keep the command line from halting', async () => {
    await atTheLimit(async () => {
      const strangers = Array.from({ length: 24 }, (_, n) =>
        post(sessions.POST, { email: `s${n}@example.com`, password: 'wrong horse' }),
      )
      expect((await cli('organisation', '--server', url)).exit).toBe(0)
      expect(new Set((await Promise.all(strangers)).map(({ status }) => status))).toEqual(new Set([401]))
    })
  })

  it('a SIEM halts, by the commands of the guide', async () => {
    const { slug } = await sampleAgent(pools.superuser)
    const commands = GUIDE.slice(GUIDE.indexOf("body='"), GUIDE.indexOf('"$SOURCE_URL"') + '"$SOURCE_URL"'.length)
    await atTheLimit(async () => {
      const { stdout } = await shell(commands.replace('ticket-closer', slug).replace('curl ', 'curl -s '), {
        SECRET: source.secret,
        SOURCE_URL: `${url}/api/v1/halts?source=${publicId('source', source.id)}`,
      })
      expect(JSON.parse(stdout)).toMatchObject({ already: false, recorded: true })
    })
  })
})

describe('while the sequencer of the ledger is stuck', () => {
  it('the command line halts, and the entry is written', async () => {
    const holder = await pools.superuser.connect()
    await holder.query('BEGIN')
    await holder.query('SELECT 1 FROM ledger.tree_head FOR UPDATE')
    const answer = await cli('organisation', '--server', url, '--json')
    expect(JSON.parse(answer.out)).toMatchObject({ halted: true, already: false, recorded: true })
    await holder.query('ROLLBACK')
    holder.release()
    await lift()
  })
})

describe('while no server answers', () => {
  it('the command line says which command breaks the glass; typed as guide and console say it, it halts, and is recorded', async () => {
    const line = GUIDE.split('\n').find((each) => each.startsWith('npx countersign halt organisation')) ?? ''
    const args = line.split(' ').slice(3)
    expect(args).toContain('--json')
    const nobody = args.map((each) => each.replace(/https:\/\/\w+\.example\.com/, 'http://127.0.0.1:2'))
    const answer = await cli(...nobody)
    expect(answer.exit).toBe(4)
    const { detail } = (JSON.parse(answer.out) as { error: { detail: string } }).error
    const command = /psql .*$/m.exec(detail)?.[0] ?? expect.fail(detail)
    expect(GUIDE).toContain(command)
    expect(RUNBOOK.replaceAll('&quot;', '"').replaceAll('&apos;', "'")).toContain(command)

    const psql = await shell('command -v psql', {}).then(
      () => true,
      () => false,
    )
    const statement = /"(SELECT [^"]+)"/.exec(command)?.[1] ?? expect.fail(command)
    const said = psql
      ? (await shell(command, { DATABASE_OWNER_URL: urls.owner })).stdout
      : JSON.stringify((await pools.owner.query(statement)).rows)
    expect(said).toContain('Everything is halted.')
    expect(await recordBrokenGlass(new Date())).toBe(1)
    expect((await cli('list', '--server', url)).exit).toBe(1)
    await lift()
  })
})
