import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { askForChange } from './ask-for-change'
import { needsCosignature } from './co-signature'
import { claimInvitation } from './invitation-store'
import { hashSecret } from './one-time'
import { hashPassword } from './password-hash'
import { passwordProblem } from './password'
import { anyCisoEver, findPerson, findPersonByEmail, insertPerson, lockPeople, tellPeople } from './store'

/**
 * Takes an invitation up, once: of two who use the link at the same moment one joins. An invited ciso joins without that
 * role when there is, or ever was, another ciso: it waits for a co-signature (DESIGN §7).
 * @returns the new person's id
 * @throws Fault `link_expired` also when whoever invited was deactivated meanwhile; `invalid_request` on `password`
 */
export async function join(
  db: Db,
  link: string,
  given: { name: string; password: string },
  now: Date,
): Promise<string> {
  await lockPeople(db)
  const invitation = await claimInvitation(db, hashSecret(link), 'join', now)
  const inviter = invitation?.invitedBy ? await findPerson(db, invitation.invitedBy) : null
  if (!invitation?.email || inviter === null || inviter.deactivatedAt !== null) throw fault('link_expired')
  const who = { name: given.name, email: invitation.email }
  const problem = passwordProblem(given.password, who)
  if (problem !== undefined) throw fault('invalid_request', { field: 'password', detail: problem })
  if ((await findPersonByEmail(db, who.email)) !== null) throw fault('link_expired')

  const waits =
    invitation.roles.includes('ciso') && needsCosignature('grant_ciso', { roles: [] }, await anyCisoEver(db))
  const roles = waits ? invitation.roles.filter((role) => role !== 'ciso') : invitation.roles
  const id = newId(now.getTime())
  await insertPerson(db, { id, ...who, passwordHash: await hashPassword(given.password), roles })
  await append(db, {
    kind: 'person.joined',
    actor: `person:${id}`,
    about: { person: id, invitation: invitation.id },
    labels: roles,
    payload: who,
  })
  if (waits)
    await askForChange(db, inviter.id, { personId: id, change: 'grant_ciso', reason: 'Invited as a ciso.' }, now)
  await tellPeople(db)
  return id
}
