import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '@/clients/cli/verify'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import type { Ledger } from '@/lib/ledger/handle'
import { openLedgerKeys } from '@/lib/ledger/keys'
import { EMPTY_ROOT } from '@/lib/ledger/merkle'
import { vkeyOf } from '@/lib/ledger/note'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { openLedger } from '@/lib/ledger/start'
import { tamper } from '@/lib/ledger/tampering'

const { pools, urls } = await testDatabase()
const data = mkdtempSync(path.join(tmpdir(), 'countersign-verify-'))
let opened: Ledger
let printed = ''

beforeAll(async () => {
  const answer = await openLedger(pools.app, openLedgerKeys(path.join(data, 'keys')))
  if ('message' in answer) throw new Error(answer.message)
  opened = answer
  for (let i = 0; i < 9; i += 1)
    await append(pools.app, { kind: 'run.opened', actor: 'agent', agent: newId(), payload: { i } })
  await sequenceOnce(pools.sequencer, opened, null)
})
afterAll(() => {
  rmSync(data, { recursive: true })
})
beforeEach(() => {
  printed = ''
  vi.stubEnv('DATABASE_URL', urls.app)
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

describe('countersign verify', () => {
  it('says that a whole ledger is whole', async () => {
    expect(await run(['--data', data])).toBe(0)
    expect(printed).toBe('The ledger is whole: 10 entries under one signed root.\n')
  })

  it('answers JSON to programs', async () => {
    expect(await run(['--data', data, '--json'])).toBe(0)
    expect(JSON.parse(printed)).toMatchObject({ whole: true, size: 10, waiting: 0 })
  })

  it('with the verifier key alone says what it could not open', async () => {
    expect(await run(['--data', path.join(data, 'nowhere'), '--vkey', vkeyOf(opened.checkpoint)])).toBe(0)
    expect(printed).toContain('9 payloads were not opened')
  })

  it('holds the ledger against a checkpoint from elsewhere', async () => {
    const file = path.join(data, 'taken-home')
    writeFileSync(file, signCheckpoint({ origin: opened.origin, size: 100, root: EMPTY_ROOT }, opened.checkpoint))
    expect(await run(['--data', data, '--checkpoint', file])).toBe(1)
    expect(printed).toContain('The ledger is NOT whole: entry #10: a checkpoint covers more entries than there are.')
  })

  it.each([
    ['no keys and no verifier key', ['--data', '/nowhere'], /give the ledger’s verifier key/],
    ['a verifier key that is none', ['--data', '/nowhere', '--vkey', 'x'], /not a verifier key/],
    ['a checkpoint that is not there', ['--data', '/nowhere', '--checkpoint', '/nowhere/x'], /no such file/],
    ['an option it does not know', ['--server', 'x'], /no option --server/],
  ])('cannot verify with %s, and says so', async (_, args, says) => {
    expect(await run(args)).toBe(2)
    expect(printed).toMatch(says)
  })

  it('cannot verify where there is no install', async () => {
    vi.stubEnv('DATABASE_URL', '')
    expect(await run(['--data', path.join(data, 'empty')])).toBe(2)
    expect(printed).toContain('There is no install in')
  })

  it('names the first entry that is not whole', async () => {
    await tamper(pools.superuser, async (client) => {
      await client.query(
        `UPDATE ledger.entry SET outcome = 'allow' WHERE id = (SELECT entry_id FROM ledger.leaf WHERE idx = 4)`,
      )
    })
    expect(await run(['--data', data])).toBe(1)
    expect(printed).toMatch(
      /^The ledger is NOT whole: entry #4 \(ent_[0-9a-f]{32}\): what it is searched by is not what its bytes say\.\n$/,
    )
  })
})
