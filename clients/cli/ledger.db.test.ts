import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '@/clients/cli/ledger'
import { run as verify } from '@/clients/cli/verify'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { ledgerOf } from '@/lib/ledger/handle'
import { openLedgerKeys } from '@/lib/ledger/keys'
import { EMPTY_ROOT } from '@/lib/ledger/merkle'
import { nextCheckpointKey } from '@/lib/ledger/next-key'
import { vkeyOf } from '@/lib/ledger/note'
import { ledgerStatus } from '@/lib/ledger/read'
import { keepReleased, releasedNote } from '@/lib/ledger/released'
import { rotateKey } from '@/lib/ledger/rotate-key'
import { openLedger } from '@/lib/ledger/start'

const { pools, urls } = await testDatabase()
const data = mkdtempSync(path.join(tmpdir(), 'countersign-ledger-'))
const keysFolder = path.join(data, 'keys')
const released = path.join(data, 'ledger')
let printed = ''

beforeAll(async () => {
  const answer = await openLedger(pools.app, openLedgerKeys(keysFolder))
  if ('message' in answer) throw new Error(answer.message)
})
afterAll(() => {
  rmSync(data, { recursive: true })
})
beforeEach(() => {
  printed = ''
  const env = {
    DATABASE_URL: urls.app,
    DATABASE_OWNER_URL: urls.owner,
    DATABASE_SEQUENCER_URL: urls.sequencer,
    DATABASE_JOBS_URL: urls.jobs,
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const keep = (text: string | Uint8Array) => {
    printed += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})
const status = () => ledgerStatus(pools.app)
const keyFile = path.join(keysFolder, 'ledger-checkpoint.key')

describe('countersign ledger rotate-key', () => {
  it('makes another key, for its user alone, that signs from there on; the ledger verifies and so does what was kept', async () => {
    await append(pools.app, { kind: 'action.expired', actor: 'system' })
    const before = readFileSync(keyFile, 'utf8')
    expect({ code: await run(['rotate-key', '--data', data]), printed }).toMatchObject({ code: 0 })
    expect(readFileSync(keyFile, 'utf8')).not.toBe(before)
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    expect(existsSync(`${keyFile}.next`)).toBe(false)
    const { vkey } = await status()
    expect(printed).toContain(vkey)
    expect(releasedNote(released)).toBe((await status()).checkpoint)
    expect(await verify(['--data', data])).toBe(0)
  })

  it('ends what an interrupted one began', async () => {
    const keys = openLedgerKeys(keysFolder)
    const opened = await openLedger(pools.app, keys)
    if ('message' in opened) throw new Error(opened.message)
    const key = nextCheckpointKey(keysFolder, {})
    const owner = await pools.owner.connect()
    await rotateKey(owner, opened, key)
    owner.release()
    // Here it was killed: the database knows the new key, and the file is not in its place.
    expect(await openLedger(pools.app, openLedgerKeys(keysFolder))).toMatchObject({ code: 'other_signing_keys' })
    expect(await run(['rotate-key', '--data', data])).toBe(0)
    expect((await status()).vkey).toBe(vkeyOf(ledgerOf(opened.origin, { ...keys, checkpoint: key }).checkpoint))
    expect(await openLedger(pools.app, openLedgerKeys(keysFolder))).toMatchObject({ origin: opened.origin })
    expect(await verify(['--data', data])).toBe(0)
  })

  it('of a key in the environment wants the new one there too', async () => {
    vi.stubEnv('COUNTERSIGN_CHECKPOINT_KEY', readFileSync(keyFile, 'utf8').trim())
    expect(await run(['rotate-key', '--data', data])).toBe(2)
    expect(printed).toContain('COUNTERSIGN_NEXT_CHECKPOINT_KEY')
    const next = Buffer.alloc(32, 9).toString('base64')
    vi.stubEnv('COUNTERSIGN_NEXT_CHECKPOINT_KEY', next)
    expect(await run(['rotate-key', '--data', data])).toBe(0)
    expect(printed).toContain('Set COUNTERSIGN_CHECKPOINT_KEY to the new key')
    vi.stubEnv('COUNTERSIGN_CHECKPOINT_KEY', next)
    expect(await verify(['--data', data])).toBe(0)
    // The next tests read it from the file again.
    writeFileSync(keyFile, `${next}\n`, { mode: 0o600 })
  })

  it('without an install, or with a word it does not know, says so', async () => {
    vi.stubEnv('DATABASE_URL', '')
    vi.stubEnv('DATABASE_OWNER_URL', '')
    vi.stubEnv('DATABASE_SEQUENCER_URL', '')
    vi.stubEnv('DATABASE_JOBS_URL', '')
    expect(await run(['rotate-key', '--data', path.join(data, 'nowhere')])).toBe(2)
    expect(printed).toContain('There is no install in')
    expect(await run(['burn'])).toBe(2)
  })
})

describe('countersign ledger continue', () => {
  it('refuses while nothing is wrong', async () => {
    expect(await run(['continue', '--data', data, '--confirm', (await status()).origin ?? ''])).toBe(2)
    expect(printed).toContain('holds everything it ever signed')
  })

  it('changes nothing unless the name is typed, and then goes on halted', async () => {
    const before = await status()
    const signer = ledgerOf(before.origin ?? '', openLedgerKeys(keysFolder)).checkpoint
    const ahead = signCheckpoint({ origin: signer.name, size: before.size + 50, root: EMPTY_ROOT }, signer)
    keepReleased(released, ahead)
    expect(await run(['continue', '--data', data, '--confirm', 'countersign'])).toBe(1)
    expect(await status()).toEqual(before)
    expect(await verify(['--data', data])).toBe(1)

    expect(await run(['continue', '--data', data, '--confirm', before.origin ?? ''])).toBe(0)
    const after = await status()
    expect(after.origin).toBe(`${before.origin}/2`)
    expect(readFileSync(path.join(`${released}-before-1`, 'released-checkpoint'), 'utf8')).toBe(ahead)
    const { rows } = await pools.app.query<{ n: string }>(
      "SELECT count(*) AS n FROM halt WHERE scope = 'organisation' AND lifted_at IS NULL",
    )
    expect(rows[0]?.n).toBe('1')
    printed = ''
    expect({ code: await verify(['--data', data]), printed }).toMatchObject({ code: 0 })
    expect(await openLedger(pools.app, openLedgerKeys(keysFolder))).toMatchObject({ origin: after.origin })
  })
})
