import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { readDays, updateDays } from './store'

/** A ciso says after how many days a review is overdue. It holds for those that are open, too. */
export async function governReviewDays(db: Db, actor: Actor, days: number): Promise<void> {
  const before = await readDays(db)
  await updateDays(db, days)
  await append(db, {
    kind: 'scrutiny.changed',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    labels: ['review_days'],
    payload: { before, days },
  })
}
