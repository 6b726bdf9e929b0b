import { fault } from '@/lib/core/fault'
import { db, transaction } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { append, prepareEntry } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { askForChange } from './ask-for-change'
import { can } from './permission'
import type { Role } from './role'
import { findOpenChange, findPerson, lockPeople, updateRoles } from './store'

/**
 * Lets somebody in again, with the roles they had and the password they know. Whoever was a ciso comes back without that role,
 * and a ciso is asked for it: letting one back in is making one (DESIGN §7). The agents they own are theirs again.
 * @throws Fault `not_found`, `not_permitted`, `wrong_state`
 */
export function reactivate(actor: Actor, personId: string, reason: string, now: Date): Promise<{ waits: boolean }> {
  return transaction(async (tx) => {
    await lockPeople(tx)
    const person = await findPerson(tx, personId)
    if (person === null) throw fault('not_found')
    const permission = can(actor, 'person.reactivate', { personId })
    if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
    if (person.deactivatedAt === null) throw fault('wrong_state', { detail: `${person.name} is active.` })
    const roles = person.roles as Role[]
    const waits = roles.includes('ciso')
    if (waits) {
      const left = roles.filter((role) => role !== 'ciso')
      await updateRoles(tx, personId, left)
      await append(tx, {
        kind: 'person.roles_changed',
        actor: `person:${actor.id}`,
        about: { person: personId },
        labels: left,
        payload: { before: roles, reason },
      })
      if ((await findOpenChange(tx, personId, 'grant_ciso')) === null)
        await askForChange(tx, actor.id, { personId, change: 'grant_ciso', reason }, now)
    }
    return { waits }
  }).then(async (answer) => {
    // Only once the role is gone for good may they sign in again.
    const entry = await prepareEntry(db(), {
      kind: 'person.reactivated',
      actor: `person:${actor.id}`,
      about: { person: personId },
      payload: { reason },
    })
    await changeOrRefuse('person.reactivate', { id: personId, by: actor.id }, entry)
    return answer
  })
}
