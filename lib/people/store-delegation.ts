import type { Db } from '@/lib/db/client'

export type DelegationRow = {
  id: string
  delegatorId: string
  delegator: string
  delegateId: string
  delegate: string
  startsAt: Date
  endsAt: Date
  endedAt: Date | null
}

const WITH_NAMES = { delegator: { select: { name: true } }, delegate: { select: { name: true } } } as const
type Found = Omit<DelegationRow, 'delegator' | 'delegate'> & { delegator: { name: string }; delegate: { name: string } }

export async function insertDelegation(
  db: Db,
  row: { id: string; delegatorId: string; delegateId: string; startsAt: Date; endsAt: Date; begunAt: Date },
): Promise<void> {
  await db.delegation.createMany({ data: [row] })
}

/** Whether somebody else, or the same, stands in for this person at any moment of a time. */
export async function overlaps(db: Db, delegatorId: string, startsAt: Date, endsAt: Date): Promise<boolean> {
  // what two people do at the same moment is put one after the other, as the trigger does
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('delegation ' || ${delegatorId}, 0))`
  const [row] = await db.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (SELECT FROM delegation d WHERE d.delegator_id = ${delegatorId}::uuid AND d.starts_at < ${endsAt}
      AND coalesce(d.ended_at, d.ends_at) > greatest(d.starts_at, ${startsAt})) AS found`
  return row?.found === true
}

/** Whether a delegation between two people is in force now. */
export async function findInForce(db: Db, delegateId: string, delegatorId: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (SELECT FROM delegation d WHERE d.delegate_id = ${delegateId}::uuid AND d.delegator_id = ${delegatorId}::uuid
      AND d.ended_at IS NULL AND d.starts_at <= clock_timestamp() AND d.ends_at > clock_timestamp()) AS found`
  return row?.found === true
}

export async function findDelegation(db: Db, id: string): Promise<DelegationRow | null> {
  const row = await db.delegation.findUnique({ where: { id }, include: WITH_NAMES })
  return row === null ? null : toRow(row)
}

/** Ends one; false when it has ended already. */
export async function setEnded(db: Db, id: string, at: Date, by: string | null): Promise<boolean> {
  const { count } = await db.delegation.updateMany({ where: { id, endedAt: null }, data: { endedAt: at, endedBy: by } })
  return count === 1
}

/** Those of a person, as whom they stand in for or who stands in for them, that are not over; the nearest first. */
export async function listOpen(db: Db, personId: string, now: Date): Promise<DelegationRow[]> {
  const rows = await db.delegation.findMany({
    where: { OR: [{ delegatorId: personId }, { delegateId: personId }], endedAt: null, endsAt: { gt: now } },
    include: WITH_NAMES,
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    take: 100,
  })
  return rows.map(toRow)
}

/** Those whose time is over and whose end is in no entry yet. */
export async function listOver(db: Db, now: Date, most: number): Promise<DelegationRow[]> {
  const rows = await db.delegation.findMany({
    where: { endedAt: null, endsAt: { lte: now } },
    include: WITH_NAMES,
    orderBy: { endsAt: 'asc' },
    take: most,
  })
  return rows.map(toRow)
}

const toRow = ({
  delegator,
  delegate,
  id,
  delegatorId,
  delegateId,
  startsAt,
  endsAt,
  endedAt,
}: Found): DelegationRow => ({
  id,
  delegatorId,
  delegator: delegator.name,
  delegateId,
  delegate: delegate.name,
  startsAt,
  endsAt,
  endedAt,
})
