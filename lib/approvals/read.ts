import { digestText } from '@/lib/core/digest-text'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Askable } from '@/lib/people/words-for'
import { statusAt, type Answer, type ApprovalKind, type ApprovalStatus } from './approval'
import { ruleAt } from './escalation'
import { mayTakeSeat, type Answerer, type Given, type Seat, type SeatRefusal } from './seat'
import { refusalWords } from './seat-refusals'
import { findApproval, newestAbout, verdictsOf, type ApprovalRow } from './store'

/** Whether the person looking may give an answer, and the sentence a disabled button shows when not. */
export type Mine = Extract<Seat, { ok: true }> | { ok: false; reason: SeatRefusal; text: string }

/** An approval as a screen shows it. What it is about is read by the room that opened it (`lib/decisions/read-inbox.ts` for actions). */
export type ApprovalView = {
  /** `apr_…` */
  id: string
  kind: ApprovalKind
  /** bare id of the action, halt or boundary version */
  subjectId: string
  /** `sha256:…`: what a verdict has to carry */
  digest: string
  /** as of now: a pending one whose time is over is expired */
  status: ApprovalStatus
  seats: number
  openedAt: Date
  expiresAt: Date
  closedAt: Date | null
  verdicts: { personId: string; name: string; answer: Answer; reason: string; seat: number | null; at: Date }[]
  /** may the viewer approve, may they reject */
  mine: { approve: Mine; reject: Mine }
}

/** One approval for one viewer; null when there is none. `id` is the bare UUID. */
export async function readApproval(db: Db, id: string, viewer: Answerer, now: Date): Promise<ApprovalView | null> {
  const approval = await findApproval(db, id)
  return approval === null ? null : viewOf(db, approval, viewer, now)
}

/** The newest approval of a kind about a subject, for one viewer; null when there was none. */
export async function readApprovalAbout(
  db: Db,
  kind: ApprovalKind,
  subjectId: string,
  viewer: Answerer,
  now: Date,
): Promise<ApprovalView | null> {
  const approval = await newestAbout(db, kind, subjectId)
  return approval === null ? null : viewOf(db, approval, viewer, now)
}

/** The bare facts of an approval, for the rooms that open them; null when there is none. */
export async function approvalFacts(db: Db, id: string): Promise<ApprovalRow | null> {
  return findApproval(db, id)
}

/** The newest approval of a kind about a subject, as it is; null when there was none. */
export async function newestApprovalAbout(db: Db, kind: ApprovalKind, subjectId: string): Promise<ApprovalRow | null> {
  return newestAbout(db, kind, subjectId)
}

/** The verdicts on an approval, oldest first. */
export async function verdictsGiven(db: Db, approvalId: string): Promise<ApprovalView['verdicts']> {
  return verdictsOf(db, approvalId)
}

/** How many approvals wait for somebody now, by kind: for badges. */
export async function countPending(db: Db, now: Date): Promise<Record<string, number>> {
  const rows = await db.approval.groupBy({
    by: ['kind'],
    where: { status: 'pending', expiresAt: { gt: now } },
    _count: { _all: true },
  })
  return Object.fromEntries(rows.map(({ kind, _count }) => [kind, _count._all]))
}

/** What a viewer may do with an approval as the rule reads it; used by lists that have loaded the rows themselves. */
export function mineOf(
  approval: Pick<ApprovalRow, 'kind' | 'rule' | 'seats' | 'openedAt'>,
  given: readonly Given[],
  viewer: Answerer,
  now: Date,
): ApprovalView['mine'] {
  const rule = ruleAt(approval.rule, approval.openedAt, now)
  const who = approval.kind === 'action' ? viewer : { ...viewer, standsInFor: [] }
  const mine = (answer: Answer): Mine => {
    const seat = mayTakeSeat(rule, approval.seats, given, who, answer)
    return seat.ok ? seat : { ...seat, text: refusalWords(seat) }
  }
  return { approve: mine('approve'), reject: mine('reject') }
}

async function viewOf(db: Db, approval: ApprovalRow, viewer: Answerer, now: Date): Promise<ApprovalView> {
  const verdicts = await verdictsOf(db, approval.id)
  return {
    id: publicId('approval', approval.id),
    kind: approval.kind,
    subjectId: approval.subjectId,
    digest: digestText(approval.digest),
    status: statusAt(approval, now),
    seats: approval.seats,
    openedAt: approval.openedAt,
    expiresAt: approval.expiresAt,
    closedAt: approval.closedAt,
    verdicts,
    mine: mineOf(approval, verdicts, viewer, now),
  }
}

/** A person as the seat rule sees them. */
export function answererOf(
  actor: Askable & Pick<Answerer, 'id' | 'standsInFor'> & { deactivated: boolean; readOnly: boolean },
): Answerer {
  const { id, email, roles, onCall, team, deactivated, readOnly, standsInFor = [] } = actor
  return { id, email, roles, onCall, team, active: !deactivated && !readOnly, standsInFor }
}
