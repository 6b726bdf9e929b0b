import type { Holder } from '@/lib/ledger/holders'
import { MERGE_DELAY_SECONDS } from '@/lib/ledger/receipt'
import type { AlertKind } from './alert'

/** What the ledger's own alerts are judged by. */
export type LedgerHealth = {
  size: number
  /** Since when the oldest entry has waited for its index; null when none waits. */
  waitingSince: Date | null
  holders: readonly Holder[]
  /** What the newest walk over the whole log found wrong; null where it was whole, or nobody walked yet. */
  finding: { words: string; index: number | null } | null
}

/** Something to be said of the ledger; the key is what it has in common with the next time. `says` is a sentence for people. */
export type LedgerTrouble = {
  kind: Extract<AlertKind, 'ledger_broken' | 'ledger_late' | 'checkpoints_stay' | 'holder_silent'>
  key: string
  says: string
}

/** Whoever came regularly and then did not for this long is silent. */
export const SILENT_AFTER_MS = 3_600_000
/** Whoever came once, or for a moment, is not expected again. */
const EXPECTED_AFTER_MS = 600_000
/** So many watchers have an alert each when they go silent; more are one: names cost nothing, and a flood of alerts hides others. */
const MOST_BY_NAME = 5
/** How long the log may grow beyond the last checkpoint that anybody outside has. */
export const STAY_AFTER_MS = 1_800_000

/**
 * What is wrong with how the ledger is signed and held outside: the merge delay it promises is over (receipt.ts), somebody who kept
 * its checkpoints went silent, or it grew while nobody took one. Pure; where nobody was ever named to hold checkpoints there is
 * nothing to miss, and the integrity page says that instead.
 */
export function ledgerTroubles({ size, waitingSince, holders, finding }: LedgerHealth, now: Date): LedgerTrouble[] {
  const troubles: LedgerTrouble[] = []
  const since = (date: Date) => now.getTime() - date.getTime()
  if (finding) {
    const where = finding.index === null ? '' : `Entry #${finding.index}: `
    const says = `${where}${finding.words}. What came before it holds. Keep the database as it is: it is evidence.`
    troubles.push({ kind: 'ledger_broken', key: 'ledger_broken', says })
  }
  if (waitingSince && since(waitingSince) > MERGE_DELAY_SECONDS * 1000) {
    const says = `The oldest entry waits for its place in the log since ${at(waitingSince)}; every receipt promises ${MERGE_DELAY_SECONDS} s.`
    troubles.push({ kind: 'ledger_late', key: 'ledger_late', says })
  }
  const silent = holders.filter(({ kind, heldAt, firstAt }) => {
    const last = heldAt ?? firstAt
    const expected = kind !== 'watcher' || last.getTime() - firstAt.getTime() >= EXPECTED_AFTER_MS
    return expected && since(last) > SILENT_AFTER_MS
  })
  const many = silent.filter(({ kind }) => kind === 'watcher').length > MOST_BY_NAME
  if (many) {
    const says = `${silent.length} of those who took checkpoints went silent. Anybody may name themselves a watcher: see which of them are yours.`
    troubles.push({ kind: 'holder_silent', key: 'holder_silent:many', says })
  }
  for (const holder of silent.filter(({ kind }) => !many || kind !== 'watcher')) {
    const says = holder.heldAt
      ? `${NAMES[holder.kind]} ${holder.name} last took a checkpoint at ${at(holder.heldAt)}.`
      : `${NAMES[holder.kind]} ${holder.name} never took a checkpoint.`
    troubles.push({ kind: 'holder_silent', key: `holder_silent:${holder.kind}:${holder.name}`, says })
  }
  const held = holders.flatMap(({ heldAt }) => heldAt ?? [])
  const newest = new Date(Math.max(...held.map((date) => date.getTime())))
  const largest = Math.max(0, ...holders.map((holder) => holder.size))
  if (held.length > 0 && size > largest && since(newest) > STAY_AFTER_MS) {
    const says = `${size - largest} entries came since anybody outside took a checkpoint, at ${at(newest)}: nothing would show if they were rewritten.`
    troubles.push({ kind: 'checkpoints_stay', key: 'checkpoints_stay', says })
  }
  return troubles
}

const NAMES = { witness: 'The witness', webhook: 'The webhook', watcher: 'The watcher' } as const
const at = (date: Date) => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
