import { DEFAULT_ASKED } from '@/lib/approvals/asked'
import { type PasskeyFor, strictestPasskey } from '@/lib/approvals/assurance'
import type { LaterStep } from '@/lib/approvals/escalation'
import { type AskingRule, DEFAULT_WAIT_MS } from '@/lib/boundary/boundary'
import { firstAfter } from '@/lib/boundary/diff-asking'
import type { Reason } from './decision'

/**
 * Whom a held action asks: one list of words a seat (`lib/approvals/asked.ts`), how long it waits, in milliseconds, and what a rule says
 * takes a passkey. `follows`: the seat that must be taken before each, from 0, where there is an order. `later`: who may answer as well
 * once it has waited so long.
 */
export type AskedFor = {
  asked: (readonly string[])[]
  waitMs: number
  passkey?: PasskeyFor
  follows?: (number | null)[]
  later?: LaterStep[]
}

type Lists = { boundary: readonly AskingRule[]; baseline: readonly AskingRule[] }
/** Seats that come from one way of asking. `then`: after how long each word may answer as well. */
type Group = { by: readonly string[]; seats: number; chain: boolean; floor: boolean; then: ReadonlyMap<string, number> }

const PLACE = /^(baseline\.)?approval_required\[(\d+)\]$/
export const MOST_SEATS = 10

/**
 * What the rules that held an action say together (C22). Rules that ask the same people share their seats, the larger number
 * counts, and nobody is asked later whom not all of them ask later; rules that ask others add theirs, so that each gets its own
 * answer and nobody answers for two. Where no rule says anything, one analyst is asked; a rule of the baseline always gets its own
 * answer, whomever the boundary asks (C44). The shortest wait counts, and the passkey of any.
 */
export function askedFor(reasons: readonly Pick<Reason, 'rule'>[], lists: Lists): AskedFor {
  const groups = new Map<string, Group>()
  const waits: number[] = []
  let passkey: PasskeyFor | undefined
  for (const { rule } of reasons) {
    const found = rule === null ? null : PLACE.exec(rule)
    const floor = found?.[1] !== undefined
    const entry = found === null ? undefined : lists[floor ? 'baseline' : 'boundary'][Number(found[2])]
    if (entry?.within !== undefined) waits.push(entry.within)
    passkey = strictestPasskey(passkey, entry?.passkey)
    if (entry === undefined || (!floor && saysNothing(entry))) continue
    const group = groupOf(entry, floor)
    const key = JSON.stringify([group.chain, group.by])
    groups.set(key, together(group, groups.get(key)))
  }
  const each = [...groups.values()].flatMap((group) =>
    Array.from({ length: group.seats }, (_, at) => ({ group, at, by: group.chain ? [group.by[at] ?? ''] : group.by })),
  )
  // Where there are more than can be asked, what a boundary asks for never takes the seats of the baseline.
  const kept = each.length <= MOST_SEATS ? each : each.toSorted((a, b) => Number(b.group.floor) - Number(a.group.floor))
  const seats = kept.slice(0, MOST_SEATS)
  const waitMs = waits.length === 0 ? DEFAULT_WAIT_MS : Math.min(...waits)
  const follows = seats.map(({ group, at }) =>
    group.chain && at > 0 ? seats.findIndex((other) => other.group === group && other.at === at - 1) : null,
  )
  const later = [...groups.values()]
    .flatMap((group) =>
      stepsOf(
        group,
        seats.flatMap((seat, i) => (seat.group === group ? [i] : [])),
      ),
    )
    .filter(({ after }) => after < waitMs)
    .toSorted((a, b) => a.after - b.after)
  return {
    asked: seats.length === 0 ? [DEFAULT_ASKED] : seats.map(({ by }) => by),
    waitMs,
    ...(passkey && { passkey }),
    ...(follows.some((seat) => seat !== null) && { follows }),
    ...(later.length > 0 && { later }),
  }
}

const saysNothing = ({ by, approvals, then }: AskingRule): boolean =>
  by === undefined && approvals === undefined && then === undefined

function groupOf(entry: AskingRule, floor: boolean): Group {
  const { by = [...DEFAULT_ASKED], approvals = 1, in_order: inOrder, then = [] } = entry
  const chain = inOrder === true
  return {
    by: chain ? by : by.toSorted(),
    seats: chain ? by.length : approvals,
    chain,
    floor,
    then: firstAfter(then),
  }
}

/** Two rules that ask the same: the stricter of both. */
function together(one: Group, other: Group | undefined): Group {
  if (other === undefined) return one
  const both = [...one.then].flatMap(([word, after]): [string, number][] => {
    const theirs = other.then.get(word)
    return theirs === undefined ? [] : [[word, Math.max(after, theirs)]]
  })
  return { ...one, seats: Math.max(one.seats, other.seats), floor: one.floor || other.floor, then: new Map(both) }
}

function stepsOf({ then }: Group, seats: number[]): LaterStep[] {
  if (seats.length === 0) return []
  const moments = [...new Set(then.values())]
  return moments.map((after) => ({
    after,
    to: [...then].filter(([, each]) => each === after).map(([word]) => word),
    seats,
  }))
}
