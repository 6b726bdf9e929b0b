import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import {
  type AttentionSetting,
  DEFAULT_ATTENTION,
  type Ends,
  type GateFigures,
  isRubberStamping,
  NO_ENDS,
  NO_PACE,
  type Pace,
  type PersonFigures,
} from './attention'
import {
  countEnds,
  countLeft,
  countPace,
  describeGates,
  describePeople,
  findAttentionSetting,
  type GateRow,
} from './store-attention'

const DAY_MS = 86_400_000
/** The busiest kinds of question are told; the rest are in the sums. */
const MOST_GATES = 100

/** Whether people read what they answer, as one person may see it (C23). */
export type AttentionView = {
  setting: AttentionSetting
  /** of everything, or of the reader's own agents where they have no role */
  ends: Ends
  pace: Pace
  /** oldest first */
  weeks: readonly ({ from: string } & Ends)[]
  gates: readonly GateFigures[]
  /** how many kinds of question there were beyond those */
  moreGates: number
  /** everybody for a ciso and an auditor; for others themselves */
  people: readonly PersonFigures[]
  everybody: boolean
}

/** The figures of the last days a ciso set. @param now also the end of the time they look at */
export async function readAttention(db: Db, actor: Actor, now: Date): Promise<AttentionView> {
  const setting = await attentionSetting(db)
  const since = new Date(now.getTime() - setting.days * DAY_MS)
  const [ends, pace, left] = [await countEnds(db, since), await countPace(db, since), await countLeft(db, since)]
  const asked = new Map<string, Ends>()
  for (const row of ends) asked.set(row.gate, add(asked.get(row.gate) ?? NO_ENDS, row))
  const whole = can(actor, 'approval.read').ok
  const busiest = [...asked].toSorted(([, a], [, b]) => b.asked - a.asked).map(([gate]) => gate)
  const known = await describeGates(db, whole ? busiest.slice(0, MOST_GATES) : busiest)
  const mine = new Map(known.filter((row) => whole || row.ownerId === actor.id).map((row) => [row.gate, row]))
  const gates = busiest.flatMap((key): GateFigures[] => {
    const row = mine.get(key)
    const of = pace.find(({ gate }) => gate === key)
    return row ? [{ gate: toGate(row), ends: asked.get(key) ?? NO_ENDS, pace: of ?? NO_PACE }] : []
  })
  const counted = whole ? ends : ends.filter(({ gate }) => mine.has(gate))
  const everybody = can(actor, 'attention.read_people').ok
  return {
    setting,
    ends: counted.reduce(add, NO_ENDS),
    pace: whole ? (pace.find(({ gate, person }) => gate === null && person === null) ?? NO_PACE) : sumOf(gates),
    weeks: byWeek(counted, since, now),
    gates: gates.slice(0, MOST_GATES),
    moreGates: whole ? Math.max(0, busiest.length - gates.length) : 0,
    people: await peopleIn(db, pace, left, everybody ? null : actor.id),
    everybody,
  }
}

/** What a ciso last set, else the defaults. */
export async function attentionSetting(db: Db): Promise<AttentionSetting> {
  return (await findAttentionSetting(db)) ?? DEFAULT_ATTENTION
}

/** Whom and which kinds of question a finding is about, whoever asks: for the job that raises it. */
export async function rubberStamping(
  db: Db,
  now: Date,
): Promise<{ setting: AttentionSetting; people: { id: string; pace: Pace }[]; gates: GateFigures[] }> {
  const setting = await attentionSetting(db)
  const rows = await countPace(db, new Date(now.getTime() - setting.days * DAY_MS))
  const found = rows.filter((pace) => isRubberStamping(pace, setting))
  const gates = await describeGates(
    db,
    found.flatMap(({ gate }) => gate ?? []),
  )
  return {
    setting,
    people: found.flatMap((pace) => (pace.person === null ? [] : [{ id: pace.person, pace }])),
    gates: gates.map((row) => ({
      gate: toGate(row),
      ends: NO_ENDS,
      pace: found.find(({ gate }) => gate === row.gate) ?? NO_PACE,
    })),
  }
}

function toGate({ gate, ...rest }: GateRow): GateFigures['gate'] {
  return { key: gate, ...rest }
}

async function peopleIn(
  db: Db,
  pace: readonly (Pace & { person: string | null })[],
  left: readonly { person: string; left: number }[],
  only: string | null,
): Promise<PersonFigures[]> {
  const ids = [...new Set([...pace.flatMap(({ person }) => person ?? []), ...left.map(({ person }) => person)])]
  const shown = only === null ? ids : ids.filter((id) => id === only)
  if (shown.length === 0) return []
  const people = await describePeople(db, shown)
  return people
    .map((person) => ({
      person,
      pace: pace.find((row) => row.person === person.id) ?? NO_PACE,
      leftToExpire: left.find((row) => row.person === person.id)?.left ?? 0,
    }))
    .toSorted((a, b) => b.pace.verdicts - a.pace.verdicts || (a.person.name < b.person.name ? -1 : 1))
}

function add(a: Ends, b: Ends): Ends {
  return {
    asked: a.asked + b.asked,
    approved: a.approved + b.approved,
    rejected: a.rejected + b.rejected,
    expired: a.expired + b.expired,
    other: a.other + b.other,
  }
}

/** Sums without a median: that of sums cannot be told from medians. */
function sumOf(gates: readonly GateFigures[]): Pace {
  const sum = (of: (pace: Pace) => number) => gates.reduce((all, { pace }) => all + of(pace), 0)
  return {
    verdicts: sum(({ verdicts }) => verdicts),
    refused: sum(({ refused }) => refused),
    timed: sum(({ timed }) => timed),
    fast: sum(({ fast }) => fast),
    medianMs: gates.length === 1 ? (gates[0]?.pace.medianMs ?? null) : null,
  }
}

const WEEK_MS = 7 * DAY_MS
/** 1970 began on a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS

function byWeek(rows: readonly (Ends & { week: string })[], since: Date, now: Date): ({ from: string } & Ends)[] {
  const monday = (ms: number) => Math.floor((ms - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS
  const [first, last] = [monday(since.getTime()), monday(now.getTime())]
  return Array.from({ length: (last - first) / WEEK_MS + 1 }, (_, at) => {
    const from = new Date(first + at * WEEK_MS).toISOString().slice(0, 10)
    return { from, ...rows.filter(({ week }) => week === from).reduce(add, NO_ENDS) }
  })
}
