import { randomBytes } from 'node:crypto'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { insertPlan } from './store-planted'
import type { Flaw } from './test-request'

/** A ciso says how many test requests come a month, of which kinds, for whom; none ends the plan. Ids are bare. */
export async function planTests(
  db: Db,
  actor: { id: string },
  plan: { perMonth: number; flaws: readonly Flaw[]; teams: readonly string[]; people: readonly string[] },
  now: Date,
): Promise<void> {
  const { perMonth, flaws, teams, people } = plan
  const made = { id: newId(now.getTime()), perMonth, flaws: [...flaws], teams: [...teams], people: [...people] }
  await insertPlan(db, { ...made, seed: randomBytes(32), personId: actor.id })
  await append(db, {
    kind: 'test_request.planned',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: { per_month: perMonth, kinds: [...flaws], teams: [...teams], people: [...people] },
  })
}
