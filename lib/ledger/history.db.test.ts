import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { checkStanding } from '@/lib/ledger/guard'
import { historyNotes, keepInHistory } from '@/lib/ledger/history'
import { EMPTY_ROOT } from '@/lib/ledger/merkle'
import { keepReleased, releasedNote } from '@/lib/ledger/released'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { startSequencer, type SequencerAlarm } from '@/lib/ledger/sequencer'
import { testLedger } from '@/lib/ledger/testing'
import { thin } from '@/lib/ledger/thin'

const { pools } = await testDatabase()
const ledger = await testLedger({ pools })
const home = mkdtempSync(path.join(tmpdir(), 'countersign-history-'))
let folder = home
beforeEach(() => {
  folder = mkdtempSync(path.join(home, 'x'))
})
afterAll(() => {
  rmSync(home, { recursive: true })
})

const sequence = async () => {
  await append(pools.app, { kind: 'action.expired', actor: 'system' })
  const answer = await sequenceOnce(pools.sequencer, ledger, null)
  if (answer.state !== 'done' || !answer.checkpoint) throw new Error(JSON.stringify(answer))
  return answer.checkpoint
}
const forged = (size: number) => signCheckpoint({ origin: ledger.origin, size, root: EMPTY_ROOT }, ledger.checkpoint)
const MINUTE = 60_000

describe('checkpoints that were let out', () => {
  it('are kept from before the newest, one a minute, for their user alone', async () => {
    const [one, two, three] = [await sequence(), await sequence(), await sequence()]
    keepInHistory(folder, one.size, one.note, 0)
    keepInHistory(folder, two.size, two.note, MINUTE - 1)
    keepInHistory(folder, three.size, three.note, MINUTE)
    expect(historyNotes(folder)).toEqual([one.note, three.note])
    const kept = path.join(folder, 'history')
    expect(readdirSync(kept).every((name) => (statSync(path.join(kept, name)).mode & 0o077) === 0)).toBe(true)
    expect(await checkStanding(pools.app, ledger, folder)).toMatchObject({ ok: true })
  })

  it('tell a fork by any of them, also when the newest agrees', async () => {
    const newest = await sequence()
    keepReleased(folder, newest.note)
    expect(await checkStanding(pools.app, ledger, folder)).toMatchObject({ ok: true })
    keepInHistory(folder, 2, forged(2), Date.now() + 2 * MINUTE)
    expect(await checkStanding(pools.app, ledger, folder)).toMatchObject({ ok: false, reason: 'forked', released: 2 })
  })

  it('tell a rollback when the newest is gone, and when it was put back to an older one', async () => {
    keepInHistory(folder, 900, forged(900), 0)
    expect(releasedNote(folder)).toBe(forged(900))
    expect(await checkStanding(pools.app, ledger, folder)).toMatchObject({ ok: false, reason: 'behind', released: 900 })
    writeFileSync(path.join(folder, 'released-checkpoint'), (await sequence()).note)
    expect(await checkStanding(pools.app, ledger, folder)).toMatchObject({ ok: false, reason: 'behind', released: 900 })
  })

  it('cannot be told from when one is damaged, and that is said', async () => {
    keepInHistory(folder, 2, 'nonsense', 0)
    expect(await checkStanding(pools.app, ledger, folder)).toMatchObject({ ok: false, reason: 'unreadable' })
  })

  it('stop the sequencer before its first signature', async () => {
    const before = await sequence()
    keepReleased(folder, before.note)
    keepInHistory(folder, 2, forged(2), Date.now() + 2 * MINUTE)
    await append(pools.app, { kind: 'action.expired', actor: 'system' })
    const alarms: SequencerAlarm[] = []
    const sequencer = startSequencer({
      connections: pools.sequencer,
      ledger,
      folder,
      onAlarm: (alarm) => alarms.push(alarm),
    })
    while (alarms.length === 0) await sleep(20)
    await sleep(500)
    await sequencer.stop()
    expect(alarms).toMatchObject([{ kind: 'stopped', standing: { reason: 'forked' } }])
    const { rows } = await pools.app.query<{ size: string }>('SELECT size FROM ledger.tree_head')
    expect(Number(rows[0]?.size)).toBe(before.size)
  })
})

describe('thinning', () => {
  it('keeps the first and the newest, and what is left reaches all the way back, thinner the older it is', () => {
    const at = (one: number) => one
    expect(thin([1, 2, 3], 3, at)).toEqual([])
    expect(thin([1, 2, 3], 2, at)).toEqual([2])
    let row: number[] = []
    for (let i = 0; i < 5_000; i += 1) {
      row.push(i)
      const gone = new Set(thin(row, 100, at))
      row = row.filter((each) => !gone.has(each))
      expect(row.length).toBeLessThanOrEqual(100)
    }
    expect(row[0]).toBe(0)
    expect(row.slice(-5)).toEqual([4_995, 4_996, 4_997, 4_998, 4_999])
    const within = (from: number, to: number) => row.filter((each) => each >= from && each < to).length
    expect(within(1, 2_500)).toBeGreaterThan(5)
    expect(within(4_000, 5_000)).toBeGreaterThan(within(1, 1_000))
  })
})
