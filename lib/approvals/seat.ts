import type { Answer, ApprovalKind } from '@/lib/approvals/approval'
import { type PasskeyFor, readPasskeyFor } from '@/lib/approvals/assurance'
import { type Absent, wordsAs } from '@/lib/people/delegation'
import { type Askable, wordsFor } from '@/lib/people/words-for'
import { readLater, type LaterStep } from './escalation'
import type { Fallen } from './fallen'
import type { SeatRefusal } from './seat-refusals'

/**
 * Who may fill the seats of an approval, written once when it is opened and stored with it, so that a later change of
 * policy does not change who may answer what is already waiting (DESIGN §2, §7).
 */
export type SeatRule = {
  /** A person with one of these roles may take a seat. */
  roles: readonly string[]
  /** Whoever is on call may, too. */
  onCall: boolean
  /** The person on whose request it happens, where we know them: never answers. */
  requesterId: string | null
  /** The owner of the agent: never alone on the approving side. */
  ownerId: string | null
  /** At least one approving seat must be somebody else than this person (who engaged the halt). */
  notAloneId: string | null
  /** Who may take each seat, where the boundary says it, in the words of `asked.ts`: one list a seat. Then `roles` and `onCall` say nothing. */
  asked?: readonly (readonly string[])[]
  /** What a passkey has to answer for (ADR 0033): approving, or either answer; absent where a session is enough. */
  passkey?: PasskeyFor
  /** Approving says why, too. Rejecting always does. */
  reason?: true
  /** The seat that must be taken before each, from 0; null, or no list at all: none. */
  follows?: readonly (number | null)[]
  /** Who may take seats as well once it has waited so long (`escalation.ts`). Steps that are due are in `asked` already. */
  later?: readonly LaterStep[]
}

/** What is known of a person who would answer. `standsInFor`: those who are away and named this person (`lib/people/delegation.ts`). */
export type Answerer = Askable & { id: string; active: boolean; standsInFor?: readonly Absent[] }

/** A verdict as the rule reads it. `seat` is the one it took, from 0; null where all are alike. `forId`: as whose delegate. `fallen`: why it counts no more. */
export type Given = {
  personId: string
  answer: Answer
  seat?: number | null
  forId?: string | null
  fallen?: Fallen | null
}

export { SEAT_REFUSALS, type SeatRefusal } from './seat-refusals'

/** `seat`: the one they would take, from 0, where seats differ. `as`: for whom, where it is not in their own right. */
export type Seat =
  | { ok: true; seat: number | null; as?: { id: string; name: string } }
  | { ok: false; reason: SeatRefusal; /** the seat that comes first, from 0 */ first?: number }

/** The rule for each kind of approval before anything more particular is asked (DESIGN §7). */
export function seatRule(kind: ApprovalKind, known: Partial<Omit<SeatRule, 'roles' | 'onCall'>> = {}): SeatRule {
  const people = {
    requesterId: known.requesterId ?? null,
    ownerId: known.ownerId ?? null,
    notAloneId: known.notAloneId ?? null,
  }
  switch (kind) {
    case 'action':
    case 'test':
      return { roles: ['analyst'], onCall: false, ...people }
    case 'boundary':
    case 'elevation':
      return { roles: ['ciso'], onCall: false, ...people }
    case 'halt_lift':
      return { roles: ['analyst', 'ciso'], onCall: true, ...people }
  }
}

/**
 * Whether a person may give this answer now: in their own right, or else for somebody who is away and named them. Either way they
 * answer once, for one seat, and both of the two have answered then. The owner never fills the only seat, whatever the answer; where
 * there are several, nobody is barred from rejecting by being the owner or having engaged the halt: that only makes it stricter.
 * Whoever answers for the requester or the owner is kept out as they are.
 * @param rule as it stands now (`ruleAt`)
 * @param given the verdicts so far
 * @param seats how many approvals it takes
 */
export function mayTakeSeat(
  rule: SeatRule,
  seats: number,
  given: readonly Given[],
  person: Answerer,
  answer: Answer,
): Seat {
  if (!person.active) return refuse('inactive')
  // Administrators and auditors approve nothing (DESIGN §7), whatever else they are, whoever is on call and whoever is away.
  if (wordsFor(person).length === 0) return refuse('not_eligible')
  if (person.id === rule.requesterId) return refuse('requester')
  if (given.some(({ personId }) => personId === person.id)) return refuse('already_answered')
  if (given.some(({ forId }) => forId === person.id)) return refuse('delegate_answered')
  const own = seatIn(rule, seats, given, person, answer, null)
  if (own.ok || (own.reason !== 'not_eligible' && own.reason !== 'not_yet')) return own
  const others = (person.standsInFor ?? []).map((absent) => seatIn(rule, seats, given, person, answer, absent))
  return others.find(({ ok }) => ok) ?? others.find((one) => !one.ok && one.reason !== 'not_eligible') ?? own
}

/** The same in one right: one's own (`absent` null), or that of somebody who is away. */
function seatIn(
  rule: SeatRule,
  seats: number,
  given: readonly Given[],
  person: Answerer,
  answer: Answer,
  absent: Absent | null,
): Seat {
  if (absent !== null && absent.id === rule.requesterId) return refuse('absent_requester')
  const answered = (id: string) => given.some(({ personId, forId }) => personId === id || forId === id)
  if (absent !== null && answered(absent.id)) return refuse('absent_answered')
  const seat = seatFor(rule, given, person, answer, absent)
  if (typeof seat === 'object' && seat !== null) return seat
  const who = [{ personId: person.id, forId: absent?.id ?? null }]
  const alone = refuse(absent === null || person.id === rule.ownerId ? 'owner_alone' : 'absent_owner')
  if (seats === 1 && allAre(rule.ownerId, who)) return alone
  if (answer === 'approve') {
    const approvers = [...given.filter(counts), ...who]
    const complete = approvers.length >= seats
    if (complete && allAre(rule.ownerId, approvers)) return alone
    if (complete && allAre(rule.notAloneId, approvers)) return refuse('engager_alone')
  }
  return {
    ok: true,
    seat: answer === 'approve' ? seat : null,
    ...(absent !== null && { as: { id: absent.id, name: absent.name } }),
  }
}

/** Whether all of these answered as one person, or for them. */
const allAre = (id: string | null, answers: readonly Pick<Given, 'personId' | 'forId'>[]): boolean =>
  id !== null && answers.every(({ personId, forId }) => personId === id || forId === id)

/**
 * The seat a person would take: null where all seats are alike. Of several that are free and open to them, the one open to the
 * fewest, so that whoever could also sit elsewhere leaves the wide seats to others. A rejection needs no seat of its own, and waits
 * for no other: whoever may sit anywhere may reject.
 */
function seatFor(
  rule: SeatRule,
  given: readonly Given[],
  person: Answerer,
  answer: Answer,
  absent: Absent | null,
): number | null | (Seat & { ok: false }) {
  if (rule.asked === undefined) {
    // only what a boundary asks by words is ever answered for somebody else
    const may = person.roles.some((role) => rule.roles.includes(role)) || (rule.onCall && person.onCall)
    return may && absent === null ? null : refuse('not_eligible')
  }
  const words = absent === null ? wordsFor(person) : wordsAs(absent)
  if (absent === null && person.id === rule.ownerId) words.push('owner')
  const isNamed = (asked: readonly string[]) => asked.some((word) => words.includes(word))
  const taken = (seat: number) => given.some((one) => counts(one) && one.seat === seat)
  const open = rule.asked
    .map((asked, seat) => ({ asked, seat, first: rule.follows?.[seat] ?? null }))
    .filter(({ asked, seat }) => isNamed(asked) && (answer === 'reject' || !taken(seat)))
    .toSorted((a, b) => a.asked.length - b.asked.length || a.seat - b.seat)
  if (open.length === 0) {
    const ahead = rule.later?.some(({ to, seats }) => isNamed(to) && seats.some((seat) => !taken(seat))) === true
    return refuse(ahead ? 'not_yet' : 'not_eligible')
  }
  const due = open.find(({ first }) => answer === 'reject' || first === null || taken(first))
  return due?.seat ?? { ...refuse('seat_before'), first: firstFree(rule, open[0]?.first ?? null, taken) }
}

/** Where a seat waits for one that waits itself: the one that is due. */
function firstFree(rule: SeatRule, seat: number | null, taken: (seat: number) => boolean): number {
  let at = seat ?? 0
  for (let hops = 0; hops < (rule.follows?.length ?? 0); hops += 1) {
    const before = rule.follows?.[at] ?? null
    if (before === null || taken(before)) break
    at = before
  }
  return at
}

/** An approval of somebody who still stands. */
const counts = ({ answer, fallen }: Given): boolean => answer === 'approve' && (fallen ?? null) === null

/** Where the verdicts leave an approval: one rejection ends it, as many approvals as seats fulfil it. */
export function tally(seats: number, given: readonly Given[]): 'pending' | 'approved' | 'rejected' {
  if (given.some(({ answer }) => answer === 'reject')) return 'rejected'
  const people = new Set(given.filter(counts).map(({ personId }) => personId))
  return people.size >= seats ? 'approved' : 'pending'
}

/** Reads a stored rule; anything unknown in it means nobody may answer, never that everybody may. */
export function readSeatRule(stored: unknown): SeatRule {
  const value = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<
    Record<keyof SeatRule, unknown>
  >
  const id = (given: unknown) => (typeof given === 'string' ? given : null)
  return {
    roles: Array.isArray(value.roles) ? value.roles.filter((role) => typeof role === 'string') : [],
    onCall: value.onCall === true,
    requesterId: id(value.requesterId),
    ownerId: id(value.ownerId),
    notAloneId: id(value.notAloneId),
    ...(value.asked !== undefined && { asked: readAsked(value.asked) }),
    ...(value.passkey !== undefined && { passkey: readPasskeyFor(value.passkey) }),
    ...(value.reason !== undefined && { reason: true as const }),
    ...(value.follows !== undefined && { follows: readFollows(value.follows) }),
    ...(value.later !== undefined && { later: readLater(value.later) }),
  }
}

/** Lists of words; whatever else stands there asks nobody. */
function readAsked(stored: unknown): string[][] {
  if (!Array.isArray(stored)) return []
  return stored.map((one) => (Array.isArray(one) ? one.filter((word) => typeof word === 'string') : []))
}

/** A list of seats; whatever else stands there waits for a seat that is never taken. */
function readFollows(stored: unknown): (number | null)[] {
  const never = -1
  if (!Array.isArray(stored)) return Array.from({ length: 10 }, () => never)
  return (stored as unknown[]).map((one) =>
    one === null || (typeof one === 'number' && Number.isInteger(one)) ? one : never,
  )
}

function refuse(reason: SeatRefusal): Seat & { ok: false } {
  return { ok: false, reason }
}
