import { statusAt, type Answer } from '@/lib/approvals/approval'
import { ruleAt } from '@/lib/approvals/escalation'
import { type Fallen, FALLEN, fallenSince } from '@/lib/approvals/fallen'
import { answererOf } from '@/lib/approvals/read'
import { mayTakeSeat, readSeatRule, type Seat } from '@/lib/approvals/seat'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { GivenRow, InboxRow } from './store-inbox'

/** Why a verdict on a request that waits counts no more, in words. */
export function fallenWords(row: InboxRow, given: GivenRow, now: Date): string | null {
  if (statusAt({ status: row.status, expiresAt: row.expires_at }, now) !== 'pending') return null
  const why = fallenOf(row, given, now)
  return why && FALLEN[why]
}

function fallenOf(row: Pick<InboxRow, 'rule' | 'opened_at'>, given: GivenRow, now: Date): Fallen | null {
  return fallenSince(ruleAt(readSeatRule(row.rule), row.opened_at, now), given, given.who, given.absent ?? undefined)
}

/** Whether a person may give an answer to a request now, and why not. @param given the verdicts so far */
export function seatOf(
  row: Pick<InboxRow, 'rule' | 'opened_at' | 'requester_id' | 'seats' | 'owner_id' | 'shape'>,
  given: readonly GivenRow[],
  actor: Actor,
  answer: Answer,
  now: Date,
): Seat {
  const rule = readSeatRule(row.rule)
  const asked = { ...ruleAt(rule, row.opened_at, now), requesterId: row.requester_id ?? rule.requesterId }
  const before = given.map((each) => ({
    personId: each.person_id,
    forId: each.for_id,
    answer: each.answer,
    seat: each.seat,
    fallen: fallenOf(row, each, now),
  }))
  // a test is answered for nobody else (lib/approvals/vote.ts), and so shown to nobody who only stands in
  const who = answererOf(row.shape ? { ...actor, standsInFor: [] } : actor)
  const seat = mayTakeSeat(asked, row.seats, before, who, answer)
  // whoever has taken the agent over since answers for it as much (lib/decisions/answer.ts)
  if (!seat.ok || row.seats > 1) return seat
  if (row.owner_id === actor.id) return { ok: false, reason: 'owner_alone' }
  return row.owner_id === seat.as?.id ? { ok: false, reason: 'absent_owner' } : seat
}

/**
 * Those of some requests whose words a person gets only after saying why they read them (ADR 0015), by the id of the approval. Whoever may
 * answer now decides on them and is asked for no purpose; everybody else is, and so are they once it is answered.
 * @param given the verdicts on each
 */
export async function withheldFrom(
  db: Db,
  actor: Actor,
  rows: readonly InboxRow[],
  given: (row: InboxRow) => readonly GivenRow[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const others = rows.filter((row) => !mayDecide(actor, row, given(row), now))
  const needed = await purposeNeeded(db, actor, others.map(spokenIn))
  return new Set(others.filter((row) => needed.has(spokenIn(row))).map(({ approval_id: id }) => id))
}

/** What a person says a purpose for to read the words of a request, `act_…`; null where they are none of the record's readers. */
export function purposeFor(actor: Actor, row: InboxRow): string | null {
  const may = !actor.readOnly && can(actor, 'payload.open', { ownerId: row.owner_id }).ok
  return may ? publicId('action', spokenIn(row)) : null
}

function mayDecide(actor: Actor, row: InboxRow, given: readonly GivenRow[], now: Date): boolean {
  if (statusAt({ status: row.status, expiresAt: row.expires_at }, now) !== 'pending') return false
  return (['approve', 'reject'] as const).some((answer) => seatOf(row, given, actor, answer, now).ok)
}

/** The entry that says how sensitive a request is: its action's, and of a test request that of the action it was made from. */
const spokenIn = (row: InboxRow): string => row.template ?? row.action_id
