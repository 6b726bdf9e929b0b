import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { hashPassword } from './password-hash'
import { passwordProblem } from './password'
import { endSessions } from './revoke-session'
import { updatePasswordHash } from './store'

/**
 * Changes one's own password, once the old one was checked (`checkPassword`, which counts wrong ones). Every other session of
 * theirs ends.
 * @throws Fault `invalid_request` on `password`
 */
export async function changePassword(db: Db, actor: Actor, password: string, now: Date): Promise<void> {
  const problem = passwordProblem(password, actor)
  if (problem !== undefined) throw fault('invalid_request', { field: 'password', detail: problem })
  await updatePasswordHash(db, actor.id, await hashPassword(password))
  await append(db, {
    kind: 'person.edited',
    actor: `person:${actor.id}`,
    about: { person: actor.id },
    labels: ['password'],
  })
  await endSessions(db, actor.id, { personId: actor.id, except: actor.via.id }, now)
}
