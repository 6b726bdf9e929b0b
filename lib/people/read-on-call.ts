import type { Db } from '@/lib/db/client'
import { onCallAt } from './on-call'

export type ShiftRow = {
  id: string
  personId: string
  name: string
  startsAt: Date
  endsAt: Date | null
  assignedBy: string
}

/** The shifts that cover a moment or lie ahead of it, in the order they begin; of nobody deactivated. */
export async function listShifts(db: Db, now: Date): Promise<ShiftRow[]> {
  return db.$queryRaw<ShiftRow[]>`
    SELECT c.id, c.person_id AS "personId", p.name, c.starts_at AS "startsAt", c.ends_at AS "endsAt", by.name AS "assignedBy"
    FROM on_call_shift c JOIN person p ON p.id = c.person_id JOIN person by ON by.id = c.assigned_by
    WHERE p.deactivated_at IS NULL AND (c.ends_at IS NULL OR c.ends_at > ${now})
    ORDER BY c.starts_at, c.id
    LIMIT 200`
}

/** Who holds the kill switch now, the latest first, and who comes next (C34). */
export async function readOnCall(db: Db, now: Date): Promise<{ now: ShiftRow[]; next: ShiftRow | undefined }> {
  return onCallAt(await listShifts(db, now), now)
}
