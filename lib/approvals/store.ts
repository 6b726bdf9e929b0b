import type { Db } from '@/lib/db/client'
import type { Answer, ApprovalKind, ApprovalStatus } from './approval'
import type { Answered, Fallen } from './fallen'
import { readSeatRule, type SeatRule } from './seat'

/** An approval as verbs need it. */
export type ApprovalRow = {
  id: string
  kind: ApprovalKind
  subjectId: string
  digest: Buffer
  status: ApprovalStatus
  agentId: string | null
  seats: number
  rule: SeatRule
  openedAt: Date
  expiresAt: Date
  closedAt: Date | null
}

export type VerdictRow = {
  id: string
  personId: string
  name: string
  answer: Answer
  reason: string
  seat: number | null
  /** for whom, where they stood in for somebody who was away */
  forId: string | null
  forName: string | null
  /** the passkey it was given with; null: a session */
  signedWith: string | null
  at: Date
  /** why it counts no more; asked only of what waits */
  fallen?: Fallen | null
}

type Raw = Omit<ApprovalRow, 'rule' | 'digest'> & { rule: unknown; digest: Uint8Array; requesterId: string | null }

/** An approval, its row locked until the transaction ends; null when there is none. */
export async function lockApproval(db: Db, id: string): Promise<ApprovalRow | null> {
  const [row] = await db.$queryRaw<Raw[]>`
    SELECT id::text AS id, kind, subject_id::text AS "subjectId", digest, status, agent_id::text AS "agentId", requester_id::text AS "requesterId",
           seats, rule, opened_at AS "openedAt", expires_at AS "expiresAt", closed_at AS "closedAt"
      FROM approval WHERE id = ${id}::uuid FOR UPDATE`
  return row === undefined ? null : toRow(row)
}

/** An approval without a lock; null when there is none. */
export async function findApproval(db: Db, id: string): Promise<ApprovalRow | null> {
  const row = await db.approval.findUnique({ where: { id } })
  // the checks of the table hold kind and status to the words of the rule
  return row === null ? null : toRow({ ...row, kind: row.kind as ApprovalKind, status: row.status as ApprovalStatus })
}

/** The newest approval of a kind about a subject; null when there was none. */
export async function newestAbout(db: Db, kind: ApprovalKind, subjectId: string): Promise<ApprovalRow | null> {
  const row = await db.approval.findFirst({ where: { kind, subjectId }, orderBy: { id: 'desc' } })
  return row === null ? null : toRow({ ...row, kind, status: row.status as ApprovalStatus })
}

/** The verdicts so far, oldest first, with the names of who gave them. */
export async function verdictsOf(db: Db, approvalId: string): Promise<VerdictRow[]> {
  const rows = await db.verdict.findMany({
    where: { approvalId },
    orderBy: { at: 'asc' },
    select: {
      id: true,
      personId: true,
      answer: true,
      reason: true,
      seat: true,
      signedWith: true,
      at: true,
      forId: true,
      person: { select: { name: true } },
      absent: { select: { name: true } },
    },
  })
  return rows.map(({ id, personId, answer, reason, seat, signedWith, at, person, forId, absent }) => ({
    id,
    personId,
    answer: answer as Answer,
    reason,
    seat,
    signedWith,
    at,
    forId,
    forName: absent?.name ?? null,
    name: person.name,
  }))
}

/** People as they are now, by id. */
export async function peopleNow(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Answered>> {
  const rows = await db.$queryRaw<(Answered & { id: string })[]>`
    SELECT p.id::text AS id, p.email, p.roles, p.deactivated_at IS NULL AS active, t.name AS team
      FROM person p LEFT JOIN team t ON t.id = p.team_id WHERE p.id = ANY (${[...ids]}::uuid[])`
  return new Map(rows.map(({ id, ...now }) => [id, now]))
}

export async function insertApproval(
  db: Db,
  row: Omit<ApprovalRow, 'status' | 'closedAt' | 'openedAt'> & { requesterId?: string | null },
): Promise<void> {
  const { rule, digest, ...rest } = row
  await db.approval.create({
    data: { ...rest, digest: Uint8Array.from(digest), rule: rule },
  })
}

export async function insertVerdict(
  db: Db,
  verdict: {
    id: string
    approvalId: string
    personId: string
    answer: Answer
    reason: string
    seat: number | null
    forId: string | null
    /** the approval whose seat it takes, because that counts no more */
    insteadOf: string | null
    digest: Buffer
    at: Date
  },
): Promise<void> {
  await db.verdict.create({ data: { ...verdict, digest: Uint8Array.from(verdict.digest) } })
}

/** Moves an approval from one state to another; false when it was no longer in the first. */
export async function moveApproval(
  db: Db,
  id: string,
  from: ApprovalStatus,
  to: ApprovalStatus,
  at: Date,
): Promise<boolean> {
  const moved = await db.approval.updateMany({ where: { id, status: from }, data: { status: to, closedAt: at } })
  return moved.count === 1
}

/** What took the place of a superseded approval, and what changed. */
export async function keepInstead(
  db: Db,
  id: string,
  { by, changed }: { by: string | null; changed: readonly string[] },
): Promise<void> {
  await db.approval.update({ where: { id }, data: { supersededBy: by, changed: [...changed] } })
}

/** Tells whoever listens, once the transaction commits. */
export async function notifyApproval(db: Db, id: string): Promise<void> {
  await db.$executeRaw`SELECT pg_notify('approvals', ${id})`
}

// Who asked is a column, written with the approval; the rest of the rule is its JSON.
function toRow({ rule, digest, requesterId, ...row }: Raw): ApprovalRow {
  const read = readSeatRule(rule)
  return { ...row, digest: Buffer.from(digest), rule: { ...read, requesterId: requesterId ?? read.requesterId } }
}
