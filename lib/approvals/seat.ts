import type { Answer, ApprovalKind } from '@/lib/approvals/approval'
import { type PasskeyFor, readPasskeyFor } from '@/lib/approvals/assurance'
import { type Askable, wordsFor } from '@/lib/people/words-for'

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
}

/** What is known of a person who would answer. */
export type Answerer = Askable & { id: string; active: boolean }

/** A verdict as the rule reads it. `seat` is the one it took, from 0; null where all are alike. */
export type Given = { personId: string; answer: Answer; seat?: number | null }

/** Why somebody may not answer: closed, shown beside the disabled button. */
export const SEAT_REFUSALS = {
  inactive: 'Your account is not active.',
  not_eligible: 'This takes somebody with another role.',
  requester: 'It was asked on your behalf, so somebody else has to answer.',
  already_answered: 'You have answered already; another seat takes another person.',
  owner_alone: 'You answer for this agent, so somebody else has to approve before or instead of you.',
  engager_alone: 'You engaged this halt, so somebody else has to agree to lift it.',
} as const
export type SeatRefusal = keyof typeof SEAT_REFUSALS

/** `seat`: the one they would take, from 0, where seats differ. */
export type Seat = { ok: true; seat: number | null } | { ok: false; reason: SeatRefusal }

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
 * Whether a person may give this answer now. The owner never fills the only seat, whatever the answer; where there are
 * several, nobody is barred from rejecting by being the owner or having engaged the halt: that only makes it stricter.
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
  // Administrators and auditors approve nothing (DESIGN §7), whatever else they are and whoever is on call.
  if (wordsFor(person).length === 0) return refuse('not_eligible')
  if (person.id === rule.requesterId) return refuse('requester')
  if (given.some(({ personId }) => personId === person.id)) return refuse('already_answered')
  const seat = seatFor(rule, given, person, answer)
  if (seat === 'none') return refuse('not_eligible')
  if (seats === 1 && person.id === rule.ownerId) return refuse('owner_alone')
  if (answer === 'approve') {
    const approvers = [...given.filter((each) => each.answer === 'approve').map(({ personId }) => personId), person.id]
    const complete = approvers.length >= seats
    if (complete && approvers.every((id) => id === rule.ownerId)) return refuse('owner_alone')
    if (complete && approvers.every((id) => id === rule.notAloneId)) return refuse('engager_alone')
  }
  return { ok: true, seat: answer === 'approve' ? seat : null }
}

/**
 * The seat a person would take: null where all seats are alike. Of several that are free and open to them, the one open to the
 * fewest, so that whoever could also sit elsewhere leaves the wide seats to others. A rejection needs no seat of its own: whoever
 * may sit anywhere may reject.
 */
function seatFor(rule: SeatRule, given: readonly Given[], person: Answerer, answer: Answer): number | null | 'none' {
  if (rule.asked === undefined)
    return person.roles.some((role) => rule.roles.includes(role)) || (rule.onCall && person.onCall) ? null : 'none'
  const words = wordsFor(person)
  if (words.length > 0 && person.id === rule.ownerId) words.push('owner')
  const open = rule.asked
    .map((asked, seat) => ({ asked, seat }))
    .filter(({ asked }) => asked.some((word) => words.includes(word)))
    .filter(({ seat }) => answer === 'reject' || given.every((one) => one.answer !== 'approve' || one.seat !== seat))
    .toSorted((a, b) => a.asked.length - b.asked.length || a.seat - b.seat)
  return open[0]?.seat ?? 'none'
}

/** Where the verdicts leave an approval: one rejection ends it, as many approvals as seats fulfil it. */
export function tally(seats: number, given: readonly Given[]): 'pending' | 'approved' | 'rejected' {
  if (given.some(({ answer }) => answer === 'reject')) return 'rejected'
  const people = new Set(given.map(({ personId }) => personId))
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
  }
}

/** Lists of words; whatever else stands there asks nobody. */
function readAsked(stored: unknown): string[][] {
  if (!Array.isArray(stored)) return []
  return stored.map((one) => (Array.isArray(one) ? one.filter((word) => typeof word === 'string') : []))
}

function refuse(reason: SeatRefusal): Seat {
  return { ok: false, reason }
}
