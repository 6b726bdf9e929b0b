import type { Db } from '@/lib/db/client'
import { haltCovers, type Halt, type HaltSubject } from './halt'

/** Every halt in force now; uses the partial index `halt_in_force`. Read anew each time: no cache of halts may say "none". */
export async function haltsInForce(db: Db): Promise<Halt[]> {
  return db.halt.findMany({
    where: { liftedAt: null },
    select: { id: true, scope: true, target: true, liftedAt: true, released: true },
    orderBy: { engagedAt: 'asc' },
  })
}

/** Whether a halt in force covers an agent. */
export async function isHalted(db: Db, subject: HaltSubject): Promise<boolean> {
  return (await haltsInForce(db)).some((halt) => haltCovers(halt, subject))
}
