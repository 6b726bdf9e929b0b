import { pool } from '@/lib/db/pool'
import type { Actor } from '@/lib/people/actor'
import { lift } from './lift'
import { nameOfHalt } from './lift-request'
import { findHalt } from './store'

/** What lifting all of a halt takes typing, for tests that lift one. */
export async function typedName(haltId: string): Promise<string> {
  const halt = await findHalt(pool('app'), haltId)
  return halt === null ? '' : nameOfHalt(halt)
}

/** Two people let one agent go, as the first stage of a lift, for tests that go on from there. */
export async function letGo(haltId: string, slug: string, [one, other]: readonly [Actor, Actor]): Promise<void> {
  const asked = { haltId, typed: slug, now: new Date() }
  const { approvalId } = await lift({ ...asked, actor: one, reason: 'cleaned', stage: 'agent', agent: slug })
  const { rows } = await pool('app').query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [
    approvalId,
  ])
  await lift({ ...asked, actor: other, reason: 'agreed', ...(rows[0] && { digest: rows[0].digest }) })
}
