import { describe, expect, it } from 'vitest'
import type { Holder } from '@/lib/ledger/holders'
import { ledgerTroubles, SILENT_AFTER_MS, STAY_AFTER_MS } from './ledger-health'

const now = new Date('2027-03-04T05:06:07Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const DAY = 86_400_000
const holder = (over: Partial<Holder> = {}): Holder => ({
  kind: 'watcher',
  name: 'audit-desk',
  size: 10,
  firstAt: ago(DAY),
  heldAt: ago(30_000),
  triedAt: null,
  failure: null,
  ...over,
})
const kinds = (size: number, waitingSince: Date | null, ...holders: Holder[]) =>
  ledgerTroubles({ size, waitingSince, holders, finding: null }, now).map(({ key }) => key)

describe('what is said of the ledger', () => {
  it('is nothing while entries get their places and somebody takes checkpoints', () => {
    expect(kinds(10, null, holder())).toEqual([])
    expect(kinds(1_000, ago(9_000), holder())).toEqual([])
  })

  it('is nothing of holders where there never was one', () => {
    expect(kinds(1_000_000, null)).toEqual([])
  })

  it('is that it is not whole, and where', () => {
    const finding = { words: 'the tree above it was changed', index: 7 }
    expect(ledgerTroubles({ size: 10, waitingSince: null, holders: [holder()], finding }, now)).toEqual([
      {
        kind: 'ledger_broken',
        key: 'ledger_broken',
        says: 'Entry #7: the tree above it was changed. What came before it holds. Keep the database as it is: it is evidence.',
      },
    ])
  })

  it('is that the promised merge delay is over', () => {
    expect(kinds(10, ago(10_001), holder())).toEqual(['ledger_late'])
  })

  it('is who went silent, by name', () => {
    const silent = ago(SILENT_AFTER_MS + 1)
    expect(kinds(10, null, holder({ heldAt: silent }), holder({ name: 'other' }))).toEqual([
      'holder_silent:watcher:audit-desk',
    ])
    expect(kinds(10, null, holder({ kind: 'witness', name: 'w.example', heldAt: null }), holder())).toEqual([
      'holder_silent:witness:w.example',
    ])
  })

  it('is one alert where many watchers went silent: anybody could have made them up', () => {
    const silent = ago(SILENT_AFTER_MS + 1)
    const made = Array.from({ length: 40 }, (_, n) => holder({ name: `w${n}`, heldAt: silent }))
    const witness = holder({ kind: 'witness', name: 'w.example', heldAt: silent })
    expect(kinds(10, null, holder(), ...made, witness)).toEqual([
      'holder_silent:many',
      'holder_silent:witness:w.example',
    ])
  })

  it('is not that somebody who looked once has not come again', () => {
    const once = ago(DAY)
    expect(kinds(10, null, holder({ firstAt: once, heldAt: once }), holder({ name: 'other' }))).toEqual([])
  })

  it('is that the log grew and nothing left, and how much', () => {
    const [trouble, ...more] = ledgerTroubles(
      { size: 25, waitingSince: null, holders: [holder({ heldAt: ago(STAY_AFTER_MS + 1) })], finding: null },
      now,
    )
    expect(more).toEqual([])
    expect(trouble).toEqual({
      kind: 'checkpoints_stay',
      key: 'checkpoints_stay',
      says: '15 entries came since anybody outside took a checkpoint, at 2027-03-04 04:36 UTC: nothing would show if they were rewritten.',
    })
    expect(kinds(10, null, holder({ heldAt: ago(STAY_AFTER_MS + 1) }))).toEqual([])
  })
})
