import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ledgerOf } from '@/lib/ledger/handle'
import { findLedgerKeys, openLedgerKeys, type LedgerKeys } from '@/lib/ledger/keys'
import { nextCheckpointKey, takeNextKey } from '@/lib/ledger/next-key'
import { vkeyOf } from '@/lib/ledger/note'

const home = mkdtempSync(path.join(tmpdir(), 'countersign-keys-'))
let folder = ''
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(home, 'x')), 'keys')
})
afterAll(() => {
  rmSync(home, { recursive: true })
})

const vkey = (keys: LedgerKeys) => vkeyOf(ledgerOf('log.example', keys).checkpoint)
const text = (byte: number) => Buffer.alloc(32, byte).toString('base64')

describe('the keys of the ledger', () => {
  it('are made at the first start, each apart and for their user alone, and are the same at the next', () => {
    const made = openLedgerKeys(folder)
    const files = readdirSync(folder)
    expect(files.toSorted()).toEqual([
      'ledger-checkpoint.key',
      'ledger-commitment.key',
      'ledger-payload.key',
      'ledger-receipt.key',
    ])
    for (const file of files) expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600)
    expect(new Set(files.map((file) => readFileSync(path.join(folder, file), 'utf8'))).size).toBe(4)
    expect(vkey(openLedgerKeys(folder))).toBe(vkey(made))
  })

  it('come from the environment where it has them, and then no file is made of them', () => {
    const env = { COUNTERSIGN_CHECKPOINT_KEY: text(1) }
    const keys = openLedgerKeys(folder, env)
    expect(readdirSync(folder)).not.toContain('ledger-checkpoint.key')
    expect(vkey(keys)).toBe(vkey(openLedgerKeys(folder, env)))
    expect(vkey(keys)).not.toBe(vkey(openLedgerKeys(folder)))
  })

  it('are not made for who only reads', () => {
    expect(findLedgerKeys(folder)).toBeNull()
    openLedgerKeys(folder)
    rmSync(path.join(folder, 'ledger-receipt.key'))
    expect(findLedgerKeys(folder)).toBeNull()
    expect(readdirSync(folder)).toHaveLength(3)
  })

  it.runIf(process.platform !== 'win32')('are refused where others can read them', () => {
    openLedgerKeys(folder)
    chmodSync(path.join(folder, 'ledger-payload.key'), 0o640)
    expect(() => openLedgerKeys(folder)).toThrow('can be read by others')
  })

  it.each(['', 'short', `${text(1)} `, Buffer.alloc(33).toString('base64')])(
    'are refused when damaged: %j',
    (damaged) => {
      openLedgerKeys(folder)
      writeFileSync(path.join(folder, 'ledger-checkpoint.key'), damaged.endsWith(' ') ? `${damaged}x` : damaged)
      expect(() => openLedgerKeys(folder)).toThrow('is not a key of 32 bytes')
      if (damaged !== '')
        expect(() => openLedgerKeys(folder, { COUNTERSIGN_CHECKPOINT_KEY: damaged })).toThrow(
          'COUNTERSIGN_CHECKPOINT_KEY',
        )
    },
  )
})

describe('the next checkpoint key', () => {
  it('waits beside the present one, the same at every try, and takes its place', () => {
    const before = openLedgerKeys(folder)
    const next = nextCheckpointKey(folder, {})
    expect(statSync(path.join(folder, 'ledger-checkpoint.key.next')).mode & 0o777).toBe(0o600)
    expect(vkey({ ...before, checkpoint: nextCheckpointKey(folder, {}) })).toBe(vkey({ ...before, checkpoint: next }))
    expect(vkey(openLedgerKeys(folder))).toBe(vkey(before))
    takeNextKey(folder)
    expect(vkey(openLedgerKeys(folder))).toBe(vkey({ ...before, checkpoint: next }))
    expect(readdirSync(folder)).toHaveLength(4)
  })

  it('comes from the environment where the present one does', () => {
    expect(() => nextCheckpointKey(folder, { COUNTERSIGN_CHECKPOINT_KEY: text(1) })).toThrow(
      'COUNTERSIGN_NEXT_CHECKPOINT_KEY',
    )
    const env = { COUNTERSIGN_CHECKPOINT_KEY: text(1), COUNTERSIGN_NEXT_CHECKPOINT_KEY: text(2) }
    expect(nextCheckpointKey(folder, env).asymmetricKeyType).toBe('ed25519')
  })
})
