import { DEFAULT_ASKED } from '@/lib/approvals/asked'
import { type PasskeyFor, strictestPasskey } from '@/lib/approvals/assurance'
import { type AskingRule, DEFAULT_WAIT_MS } from '@/lib/boundary/boundary'
import type { Reason } from './decision'

/**
 * Whom a held action asks: one list of words a seat (`lib/approvals/asked.ts`), how long it waits, in milliseconds, and what a rule says
 * takes a passkey.
 */
export type AskedFor = { asked: (readonly string[])[]; waitMs: number; passkey?: PasskeyFor }

type Lists = { boundary: readonly AskingRule[]; baseline: readonly AskingRule[] }

const PLACE = /^(baseline\.)?approval_required\[(\d+)\]$/
export const MOST_SEATS = 10

/**
 * What the rules that held an action say together (C22). Rules that ask the same people share their seats, and the larger number
 * counts; rules that ask others add theirs, so that each gets its own answer and nobody answers for two. Where no rule says
 * anything, one analyst is asked; a rule of the baseline always gets its own answer, whomever the boundary asks (C44). The
 * shortest wait counts, and the passkey of any.
 */
export function askedFor(reasons: readonly Pick<Reason, 'rule'>[], lists: Lists): AskedFor {
  const seats = new Map<string, { by: readonly string[]; approvals: number; floor: boolean }>()
  const waits: number[] = []
  let passkey: PasskeyFor | undefined
  for (const { rule } of reasons) {
    const found = rule === null ? null : PLACE.exec(rule)
    const floor = found?.[1] !== undefined
    const entry = found === null ? undefined : lists[floor ? 'baseline' : 'boundary'][Number(found[2])]
    if (entry?.within !== undefined) waits.push(entry.within)
    passkey = strictestPasskey(passkey, entry?.passkey)
    if (entry === undefined || (!floor && entry.by === undefined && entry.approvals === undefined)) continue
    const by = [...(entry.by ?? DEFAULT_ASKED)].toSorted()
    const key = JSON.stringify(by)
    const known = seats.get(key)
    seats.set(key, {
      by,
      approvals: Math.max(entry.approvals ?? 1, known?.approvals ?? 0),
      floor: floor || known?.floor === true,
    })
  }
  const each = [...seats.values()].flatMap(({ by, approvals, floor }) =>
    Array.from({ length: approvals }, () => ({ by, floor })),
  )
  // Where there are more than can be asked, what a boundary asks for never takes the seats of the baseline.
  const kept = each.length <= MOST_SEATS ? each : each.toSorted((a, b) => Number(b.floor) - Number(a.floor))
  const asked = kept.slice(0, MOST_SEATS).map(({ by }) => by)
  return {
    asked: asked.length === 0 ? [DEFAULT_ASKED] : asked,
    waitMs: waits.length === 0 ? DEFAULT_WAIT_MS : Math.min(...waits),
    ...(passkey && { passkey }),
  }
}
