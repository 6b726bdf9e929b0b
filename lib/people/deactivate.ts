import { fault } from '@/lib/core/fault'
import { db, transaction } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { askForChange } from './ask-for-change'
import { refuseLastAdministrator } from './change-roles'
import { needsCosignature } from './co-signature'
import { can } from './permission'
import type { Role } from './role'
import { findPerson, lockPeople } from './store'

/**
 * Deactivates somebody: their sessions and tokens end with it, and the agents they own are contained from the same moment on
 * (C02). A ciso is deactivated only with another ciso's co-signature; until then nothing changes.
 *
 * It goes through the gate, so it is given no transaction; the one it opens holds the line of `lockPeople` meanwhile.
 * @throws Fault `not_found`, `not_permitted`, `wrong_state`, `separation_of_duties`, `already_exists`
 */
export function deactivate(actor: Actor, personId: string, reason: string, now: Date): Promise<{ waits: boolean }> {
  return transaction(async (tx) => {
    await lockPeople(tx)
    const person = await findPerson(tx, personId)
    if (person === null) throw fault('not_found')
    const permission = can(actor, 'person.deactivate', { personId })
    if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
    if (person.deactivatedAt !== null) throw fault('wrong_state', { detail: `${person.name} is deactivated already.` })
    const roles = person.roles as Role[]
    if (needsCosignature('deactivate', { roles }, true)) {
      await askForChange(tx, actor.id, { personId, change: 'deactivate', reason }, now)
      return { waits: true }
    }
    if (roles.includes('administrator')) await refuseLastAdministrator(tx, personId)
    await deactivateNow(actor.id, personId, reason)
    return { waits: false }
  })
}

/** The deactivation itself, once nothing stands against it. For the verbs that decide so. */
export async function deactivateNow(by: string, personId: string, reason: string): Promise<void> {
  const entry = await prepareEntry(db(), {
    kind: 'person.deactivated',
    actor: `person:${by}`,
    about: { person: personId },
    payload: { reason },
  })
  await changeOrRefuse('person.deactivate', { id: personId, by }, entry)
}
