import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { standsInNow } from '@/lib/people/read-delegations'
import { wordsFor } from '@/lib/people/words-for'
import { statusAt, type Answer } from './approval'
import { takesReason } from './assurance'
import { ruleAt } from './escalation'
import { type Answered, fallenSince } from './fallen'
import { mayTakeSeat, tally, type Answerer, type Seat } from './seat'
import { refusalWords, type SeatRefusal } from './seat-refusals'
import {
  findApproval,
  insertVerdict,
  lockApproval,
  moveApproval,
  notifyApproval,
  peopleNow,
  verdictsOf,
  type ApprovalRow,
  type VerdictRow,
} from './store'

/** One person's answer to one question, about the digest they saw. */
export type Vote = {
  approvalId: string
  person: Answerer & { name: string }
  answer: Answer
  reason: string
  digest: Buffer
  now: Date
  /** asked once nothing else refuses, before anything is recorded: answers which passkey answered, if one did; throws to refuse */
  prove?: (approval: ApprovalRow) => Promise<string | null>
}

/** What a vote came to. `verdicts` are all of them, this one last. */
export type Voted = { approval: ApprovalRow; status: 'pending' | 'approved' | 'rejected'; verdicts: VerdictRow[] }

/**
 * Takes one person's verdict in the caller's transaction: the row is locked, so of two people answering at once one wins and
 * the other is told. An approval of somebody who has been thrown out since fills no seat: another person takes it. It has no
 * effect on what was asked about, and writes no entry: the room that opened the approval does.
 * @throws Fault `not_found`, `already_decided` (saying who and what), `expired`, `wrong_state`, `digest_mismatch`,
 *   `not_permitted`, `separation_of_duties`, `invalid_request` on `reason`, and what `prove` refuses
 */
export async function vote(db: Db, cast: Vote): Promise<Voted> {
  const { approvalId, person, answer, digest, now } = cast
  const reason = redactText(cast.reason).text // C41: kept and shown without the secrets that slipped into it
  const { approval, given, seat, as } = await judgeVote(db, await lockApproval(db, approvalId), cast)
  // who is asking was read before the row was locked: a delegation may have ended since
  if (as !== null && !(await standsInNow(db, person.id, as.id)))
    throw fault('not_permitted', { detail: `You no longer stand in for ${as.name}.` })
  const signedWith = (await cast.prove?.(approval)) ?? null
  const id = newId(now.getTime())
  const before = given.findLast((one) => (one.fallen ?? null) !== null && one.seat === seat)
  await insertVerdict(db, {
    id,
    approvalId,
    personId: person.id,
    answer,
    reason,
    seat,
    forId: as?.id ?? null,
    insteadOf: seat === null ? null : (before?.id ?? null),
    digest,
    at: now,
  })
  const mine = { id, personId: person.id, name: person.name, forId: as?.id ?? null, forName: as?.name ?? null }
  const verdicts = [...given, { ...mine, answer, reason, seat, signedWith, at: now }]
  const status = tally(approval.seats, verdicts)
  if (status !== 'pending') await moveApproval(db, approvalId, 'pending', status, now)
  await notifyApproval(db, approvalId)
  return { approval, status, verdicts }
}

/** Asks everything that would refuse this vote, and records nothing. @throws Fault as `vote` */
export async function mayVote(db: Db, cast: Omit<Vote, 'prove'>): Promise<ApprovalRow> {
  return (await judgeVote(db, await findApproval(db, cast.approvalId), cast)).approval
}

async function judgeVote(db: Db, approval: ApprovalRow | null, { person: asking, answer, reason, digest, now }: Vote) {
  if (approval === null) throw fault('not_found', { detail: 'There is no such approval.' })
  const verdicts = await verdictsOf(db, approval.id)
  refuseClosed(approval, verdicts, now)
  if (!approval.digest.equals(digest))
    throw fault('digest_mismatch', { field: 'digest', detail: 'It changed since you opened it. Look at it again.' })
  const rule = ruleAt(approval.rule, approval.openedAt, now)
  // only held actions are answered for somebody who is away: what is signed, granted or lifted is never delegated (ADR 0032)
  const whole = approval.kind === 'action' ? asking : { ...asking, standsInFor: [] }
  // where nobody answered before, nothing that is read below lets somebody answer who may not
  if (verdicts.length === 0) seatOrRefuse(mayTakeSeat(rule, approval.seats, [], whole, answer))
  // whoever asks was read before the row was locked, and whoever approved may have been thrown out since (C15)
  const people = await peopleNow(db, [
    asking.id,
    ...verdicts.flatMap(({ personId, forId }) => [personId, forId ?? []].flat()),
  ])
  const who = asOfNow(whole, people.get(asking.id))
  const at = (id: string) => people.get(id) ?? null
  const given =
    approval.kind === 'action'
      ? verdicts.map((each) => ({
          ...each,
          fallen: fallenSince(rule, each, at(each.personId), each.forId === null ? undefined : at(each.forId)),
        }))
      : verdicts // what is signed, granted or lifted, the gate itself asks of
  const seat = seatOrRefuse(mayTakeSeat(rule, approval.seats, given, who, answer))
  if (takesReason(approval.rule, answer) && reason.trim() === '')
    throw fault('invalid_request', { field: 'reason', detail: `Say why you ${answer} it.` })
  return { approval, given, seat: seat.seat, as: seat.as ?? null }
}

function seatOrRefuse(seat: Seat): Extract<Seat, { ok: true }> {
  if (seat.ok) return seat
  const code = NOT_THEIRS.includes(seat.reason) ? 'not_permitted' : 'separation_of_duties'
  throw fault(code, { detail: refusalWords(seat) })
}

/** Somebody with no more than they have now. Whoever approves nothing by now approves nothing. */
function asOfNow<T extends Answerer>(person: T, now: Answered | undefined): T {
  if (now?.active !== true) return { ...person, active: false }
  const barred = wordsFor({ ...now, onCall: false }).length === 0
  return { ...person, roles: barred ? now.roles : person.roles.filter((role) => now.roles.includes(role)) }
}

/** Refusals of somebody whom nobody asks, or not yet; the others separate duties. */
const NOT_THEIRS: readonly SeatRefusal[] = ['not_eligible', 'inactive', 'not_yet']

function refuseClosed(approval: ApprovalRow, given: readonly VerdictRow[], now: Date): void {
  const status = statusAt(approval, now)
  switch (status) {
    case 'pending':
      return
    case 'approved':
    case 'rejected': {
      const last = given.at(-1)
      const who = last === undefined ? 'Somebody' : last.name
      throw fault('already_decided', {
        detail: `${who} ${status} this at ${(approval.closedAt ?? now).toISOString()}.`,
      })
    }
    case 'expired':
      throw fault('expired', {
        detail: `Its time was over at ${approval.expiresAt.toISOString()}. It counts as refused; the agent may propose it again.`,
      })
    case 'withdrawn':
      throw fault('wrong_state', { detail: 'It was withdrawn: the agent gave it up, or its run is over.' })
    case 'superseded':
      throw fault('wrong_state', {
        detail: 'What it was about has changed. Its page says what, and what took its place.',
      })
  }
}
