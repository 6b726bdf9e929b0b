import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { openLedgerOf, sequencer } from '@/lib/gateway/server/ledger'
import { append } from '@/lib/ledger/append'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { ledger } from '@/lib/ledger/handle'
import { EMPTY_ROOT } from '@/lib/ledger/merkle'
import { ledgerStatus } from '@/lib/ledger/read'
import { keepReleased, releasedNote } from '@/lib/ledger/released'

const { pools } = await testDatabase()
const dataFolder = mkdtempSync(path.join(tmpdir(), 'countersign-start-'))
const settings = { dataFolder, host: '127.0.0.1', port: 0, publicUrl: new URL('http://localhost') }
const folder = path.join(dataFolder, 'ledger')
afterAll(() => {
  rmSync(dataFolder, { recursive: true })
})
const halts = async () =>
  (await pools.app.query<{ scope: string; reason: string }>('SELECT scope, reason FROM halt WHERE lifted_at IS NULL'))
    .rows

describe('a start', () => {
  it('names the ledger once, and halts nobody', async () => {
    const origin = await openLedgerOf(settings)
    expect(origin).toMatch(/^countersign\/[0-9a-f]{24}$/)
    expect(await openLedgerOf(settings)).toBe(origin)
    expect(await halts()).toEqual([])
  })

  it('runs the sequencer, which lets out what it signed only into its own folder and the database', async () => {
    const errors: unknown[] = []
    const running = await sequencer.start({ settings, onError: (error) => errors.push(error) })
    await append(pools.app, { kind: 'team.created', actor: 'system' })
    while ((await ledgerStatus(pools.app)).waiting > 0) await sleep(20)
    await running.stop()
    expect(errors).toEqual([])
    expect(releasedNote(folder)).toBe((await ledgerStatus(pools.app)).checkpoint)
  })

  it('on a database behind its released checkpoint halts the organisation, signs nothing, and says why', async () => {
    const { checkpoint, origin } = ledger()
    keepReleased(folder, signCheckpoint({ origin, size: 1000, root: EMPTY_ROOT }, checkpoint))
    expect(await openLedgerOf(settings)).toMatch(
      /holds 2 ledger entries and a checkpoint over 1000 was let out.*The organisation is halted/,
    )
    expect(await halts()).toMatchObject([{ scope: 'organisation' }])
    await openLedgerOf(settings)
    expect((await halts()).length).toBe(1)
    const errors: Error[] = []
    const running = await sequencer.start({ settings, onError: (error) => errors.push(error as Error) })
    while (errors.length === 0) await sleep(20)
    await running.stop()
    expect(errors[0]?.message).toContain('nothing more is signed')
    expect((await ledgerStatus(pools.app)).size).toBe(2)
  })

  it('with the keys of another install is refused', async () => {
    rmSync(path.join(dataFolder, 'keys'), { recursive: true })
    await expect(openLedgerOf(settings)).rejects.toMatchObject({ code: 'data_unreadable' })
  })
})
