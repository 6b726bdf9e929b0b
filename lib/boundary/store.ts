import type { Db } from '@/lib/db/client'
import { type Prisma } from '@/lib/db/generated/client'
import type { Baseline, Boundary } from './boundary'

export const VERSION_STATUSES = ['draft', 'signed', 'returned', 'withdrawn'] as const
export type VersionStatus = (typeof VERSION_STATUSES)[number]

/** A version with the names of the people on it. `agentId` null: the organisation's baseline. */
export type VersionRow = {
  id: string
  agentId: string | null
  version: number
  status: VersionStatus
  source: string
  document: Boundary | Baseline
  digest: Uint8Array
  note: string
  draftedBy: string
  drafter: string
  draftedAt: Date
  signedBy: string | null
  signer: string | null
  signedAt: Date | null
  statement: string | null
  lapsesAt: Date | null
  /** the version a ciso signed that this one only narrows, put in force by one person */
  tightenedFrom: string | null
  /** the categories it widened when it was signed */
  widened: string[]
  /** the passkey it was signed with; null: by a password session */
  signedWith: string | null
  closedBy: string | null
  closedAt: Date | null
  closedReason: string | null
}

const selected = {
  id: true,
  agentId: true,
  version: true,
  status: true,
  source: true,
  document: true,
  digest: true,
  note: true,
  draftedBy: true,
  draftedAt: true,
  signedBy: true,
  signedAt: true,
  statement: true,
  lapsesAt: true,
  tightenedFrom: true,
  widened: true,
  closedBy: true,
  closedAt: true,
  closedReason: true,
  signedWith: true,
  drafter: { select: { name: true } },
  signer: { select: { name: true } },
} as const

type Selected = Prisma.BoundaryVersionGetPayload<{ select: typeof selected }>

// What is stored was parsed before it was stored, and the checks of the table hold `status` to the rule's words.
const toRow = ({ drafter, signer, ...row }: Selected): VersionRow => ({
  ...row,
  status: row.status as VersionStatus,
  document: row.document as unknown as Boundary | Baseline,
  drafter: drafter.name,
  signer: signer?.name ?? null,
})
const orNull = (row: Selected | null): VersionRow | null => (row === null ? null : toRow(row))

/** One version; uses `boundary_version_agent_id_version_key`, for the baseline `baseline_version`. */
export async function findVersion(db: Db, agentId: string | null, version: number): Promise<VersionRow | null> {
  return orNull(await db.boundaryVersion.findFirst({ where: { agentId, version }, select: selected }))
}

/** The open draft, of which there is at most one (`boundary_one_draft`). */
export async function openDraft(db: Db, agentId: string | null): Promise<VersionRow | null> {
  return orNull(await db.boundaryVersion.findFirst({ where: { agentId, status: 'draft' }, select: selected }))
}

/** The version in force, lapsed or not: the newest signed one. */
export async function newestSigned(db: Db, agentId: string | null): Promise<VersionRow | null> {
  const where = { agentId, status: 'signed' }
  return orNull(await db.boundaryVersion.findFirst({ where, orderBy: { version: 'desc' }, select: selected }))
}

/** The signed version before another one: what that one was compared with. */
export async function signedBefore(db: Db, agentId: string | null, version: number): Promise<VersionRow | null> {
  const where = { agentId, status: 'signed', version: { lt: version } }
  return orNull(await db.boundaryVersion.findFirst({ where, orderBy: { version: 'desc' }, select: selected }))
}

/** The newest version that widened something, and how many days the organisation watches a widening. */
export async function lastWidening(db: Db, agentId: string | null): Promise<{ at: Date | null; watchingDays: number }> {
  const [row, organisation] = await Promise.all([
    db.boundaryVersion.findFirst({
      where: { agentId, status: 'signed', widened: { isEmpty: false } },
      orderBy: { version: 'desc' },
      select: { signedAt: true },
    }),
    db.organisation.findUnique({ where: { id: 1 }, select: { watchingDays: true } }),
  ])
  return { at: row?.signedAt ?? null, watchingDays: organisation?.watchingDays ?? 14 }
}

/** Every version, newest first. */
export async function allVersions(db: Db, agentId: string | null): Promise<VersionRow[]> {
  const rows = await db.boundaryVersion.findMany({
    where: { agentId },
    orderBy: { version: 'desc' },
    select: selected,
    take: 100,
  })
  return rows.map(toRow)
}

/** Waits for whoever else drafts for the same agent, until this transaction ends. */
export async function lockDrafting(db: Db, agentId: string | null): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`boundary:${agentId ?? 'baseline'}`}, 0))`
}

export type Draft = {
  id: string
  agentId: string | null
  source: string
  document: Boundary | Baseline
  digest: Buffer
  note: string
  draftedBy: string
  draftedAt: Date
}

/** Inserts a draft as the next version and answers which that is. */
export async function insertDraft(db: Db, draft: Draft): Promise<number> {
  const last = await db.boundaryVersion.aggregate({ where: { agentId: draft.agentId }, _max: { version: true } })
  const version = (last._max.version ?? 0) + 1
  await db.boundaryVersion.create({ data: { ...columns(draft), id: draft.id, agentId: draft.agentId, version } })
  return version
}

/** Replaces the text of an open draft; false when it is none any more. */
export async function updateDraft(db: Db, draft: Draft): Promise<boolean> {
  const { count } = await db.boundaryVersion.updateMany({
    where: { id: draft.id, status: 'draft' },
    data: columns(draft),
  })
  return count === 1
}

function columns({ source, document, digest, note, draftedBy, draftedAt }: Draft) {
  return {
    source,
    document: document as unknown as Prisma.InputJsonValue,
    digest: new Uint8Array(digest),
    note,
    draftedBy,
    draftedAt,
  }
}
