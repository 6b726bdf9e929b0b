import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import { noteSigner, vkeyOf } from '@/lib/ledger/note'
import { signTimedCheckpoint } from '@/lib/ledger/fresh'
import { EMPTY_ROOT } from '@/lib/ledger/merkle'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { createToken } from '@/lib/people/create-token'
import { testOrganisation, testPerson } from '@/lib/people/testing'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-verifier-'))
const program = path.join(folder, 'verifier')
// Debian's packages golang-go and golang-golang-x-mod-dev: nothing is fetched.
const PACKAGES = '/usr/share/gocode'
const goEnv = {
  ...process.env,
  GOPROXY: 'off',
  GO111MODULE: 'off',
  GOPATH: PACKAGES,
  GOFLAGS: '',
  GOCACHE: `${folder}/go`,
}
const canBuild =
  spawnSync('go', ['version']).status === 0 && existsSync(`${PACKAGES}/src/golang.org/x/mod/sumdb/tlog/tlog.go`)
if (!canBuild) {
  console.warn(
    'SKIPPED: a verifier that is not ours (apt-get install golang-go golang-golang-x-mod-dev, and it is built and run)',
  )
}

const run = promisify(execFile)
const database = await testDatabase()

describe.skipIf(!canBuild)('Go’s own note and tlog packages', () => {
  let base = ''
  let token = ''
  const older = path.join(folder, 'older')
  const vkey = () => vkeyOf(ledger().checkpoint)
  const verify = (...args: string[]) => run(program, args, { env: { ...process.env, COUNTERSIGN_TOKEN: token } })
  const fill = async (size: number) => {
    const { rows } = await database.pools.app.query<{ n: string }>('SELECT count(*) AS n FROM ledger.entry')
    for (let n = Number(rows[0]?.n); n < size; n += 1)
      await append(database.pools.app, { kind: 'action.expired', actor: 'system', labels: [`n${n}`] })
    await sequenceOnce(database.pools.sequencer, ledger(), null)
  }

  beforeAll(async () => {
    await run('go', ['build', '-o', program, path.join(root, '.ci/verifier/main.go')], { env: goEnv })
    const { app } = await testGateway(database)
    await testOrganisation()
    const auditor = await testPerson(['auditor'])
    token = (await createToken(database.db, auditor, { name: 'go', days: 1 }, new Date())).token
    await fill(137)
    await app.listen({ port: 0, host: '127.0.0.1' })
    base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
    writeFileSync(older, await (await fetch(`${base}/log/checkpoint`)).text())
    await fill(600)
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('accept our checkpoint, tiles, proof files and consistency proofs, and refuse a changed byte in each', async () => {
    const { stdout } = await verify(base, vkey(), older)
    expect(stdout).toMatch(/^checkpoint: accepted, and refused with any of its \d{3} bytes changed$/m)
    expect(stdout).toMatch(/^tile: accepted, and refused with any of its 8192 bytes changed$/m)
    expect(stdout.match(/^proof file: accepted, and refused with any of its \d+ bytes changed$/gm)).toHaveLength(2)
    expect(stdout.match(/^entry: accepted, and refused with any of its \d+ bytes changed$/gm)).toHaveLength(2)
    expect(stdout).toContain('600 entries are included, by our tiles and Go’s proofs'.replace('’', "'"))
    expect(stdout).toContain('consistency proofs hold, and changed ones are refused')
    expect(stdout).toContain('the log grew from 137 to 600 entries')
  })

  it('refuse the log under another key, and a checkpoint of another history that the same key signed', async () => {
    const stranger = noteSigner(ledger().origin, ledger().keys.receipt)
    await expect(verify(base, vkeyOf(stranger))).rejects.toMatchObject({ code: 1, stderr: /the checkpoint/ })
    writeFileSync(
      older,
      signTimedCheckpoint({ origin: ledger().origin, size: 137, root: EMPTY_ROOT }, ledger().checkpoint, 1),
    )
    await expect(verify(base, vkey(), older)).rejects.toMatchObject({ code: 1, stderr: /growth since the older/ })
  })
})
