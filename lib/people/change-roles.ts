import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { askForChange } from './ask-for-change'
import { needsCosignature } from './co-signature'
import { can } from './permission'
import { inOrder, type Role } from './role'
import { anyCisoEver, findPerson, lockPeople, otherAdministrators, tellPeople, updateRoles } from './store'

/**
 * Changes what somebody may do, from their next request on. Giving or taking the role of ciso waits for another ciso
 * (DESIGN §7); the rest of the change is made at once.
 * @returns the roles they hold now, and whether something waits
 * @throws Fault `not_found`, `not_permitted`, `separation_of_duties` when no administrator would be left
 */
export async function changeRoles(
  db: Db,
  actor: Actor,
  personId: string,
  wanted: { roles: readonly Role[]; reason: string },
  now: Date,
): Promise<{ roles: Role[]; waits: boolean }> {
  await lockPeople(db)
  const person = await findPerson(db, personId)
  if (person === null) throw fault('not_found')
  const permission = can(actor, 'person.change_roles', { personId })
  if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })

  const had = inOrder(person.roles as Role[])
  const change = cisoChange(had, wanted.roles)
  const waits = change !== undefined && needsCosignature(change, { roles: had }, await anyCisoEver(db))
  const roles = inOrder(waits ? keepCiso(wanted.roles, had.includes('ciso')) : wanted.roles)
  if (had.includes('administrator') && !roles.includes('administrator')) await refuseLastAdministrator(db, personId)

  if (roles.join() !== had.join()) {
    await updateRoles(db, personId, roles)
    await append(db, {
      kind: 'person.roles_changed',
      actor: `person:${actor.id}`,
      about: { person: personId },
      labels: roles,
      payload: { before: had, reason: wanted.reason },
    })
    await tellPeople(db)
  }
  if (waits) await askForChange(db, actor.id, { personId, change, reason: wanted.reason }, now)
  return { roles, waits }
}

/** @throws Fault `separation_of_duties` when this person is the only administrator left */
export async function refuseLastAdministrator(db: Db, personId: string): Promise<void> {
  if ((await otherAdministrators(db, personId)) === 0)
    throw fault('separation_of_duties', {
      detail: 'Nobody would be left to add people. Make another administrator first.',
    })
}

function cisoChange(had: readonly Role[], wanted: readonly Role[]): 'grant_ciso' | 'revoke_ciso' | undefined {
  if (had.includes('ciso') === wanted.includes('ciso')) return undefined
  return wanted.includes('ciso') ? 'grant_ciso' : 'revoke_ciso'
}

function keepCiso(wanted: readonly Role[], had: boolean): Role[] {
  const others = wanted.filter((role) => role !== 'ciso')
  return had ? [...others, 'ciso'] : others
}
