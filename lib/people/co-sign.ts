import { fault } from '@/lib/core/fault'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import type { CosignedChange } from './co-signature'
import { deactivateNow } from './deactivate'
import { can } from './permission'
import { makeResetLink } from './reset'
import { inOrder, rolesProblem, type Role } from './role'
import { closeChange, lockChange, lockPeople, tellPeople, updateRoles } from './store'

/**
 * A ciso answers what an administrator wants to do to a ciso: approved, it happens now; refused, it does not. The link of a
 * reset is shown to the ciso who co-signed, this once, and to nobody else.
 *
 * A deactivation goes through the gate, so this verb is given no transaction and opens its own.
 * @returns the secret of a new password's link, where that was the change
 * @throws Fault `not_found`, `not_permitted`, `already_decided`, `wrong_state`
 */
export function coSign(
  actor: Actor,
  changeId: string,
  answer: 'approved' | 'refused',
  now: Date,
): Promise<{ secret: string | undefined }> {
  return transaction(async (tx) => {
    await lockPeople(tx)
    const open = await lockChange(tx, changeId)
    if (open === null) throw fault('not_found')
    const permission = can(actor, 'ciso.cosign', { personId: open.personId, requesterId: open.requestedBy })
    if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
    if (open.answer !== null) throw fault('already_decided')
    const change = open.change as CosignedChange
    await closeChange(tx, changeId, { answer, answeredBy: actor.id, answeredAt: now })
    await append(tx, {
      kind: answer === 'approved' ? 'ciso_change.approved' : 'ciso_change.refused',
      actor: `person:${actor.id}`,
      about: { change: changeId, person: open.personId },
      labels: [change],
    })
    await tellPeople(tx)
    if (answer === 'refused') return { secret: undefined }
    return { secret: await carryOut(tx, actor, open, change, now) }
  })
}

async function carryOut(
  db: Db,
  actor: Actor,
  open: { personId: string; reason: string; person: { roles: string[]; deactivatedAt: Date | null } },
  change: CosignedChange,
  now: Date,
): Promise<string | undefined> {
  if (open.person.deactivatedAt !== null)
    throw fault('wrong_state', { detail: 'This account was deactivated meanwhile.' })
  const roles = open.person.roles as Role[]
  switch (change) {
    case 'grant_ciso':
      await giveRoles(db, actor, open.personId, [...roles.filter((role) => role !== 'ciso'), 'ciso'])
      return undefined
    case 'revoke_ciso':
      await giveRoles(
        db,
        actor,
        open.personId,
        roles.filter((role) => role !== 'ciso'),
      )
      return undefined
    case 'deactivate':
      await deactivateNow(actor.id, open.personId, open.reason)
      return undefined
    case 'reset':
      return makeResetLink(db, actor.id, open.personId, open.reason, now)
  }
}

async function giveRoles(db: Db, actor: Actor, personId: string, wanted: readonly Role[]): Promise<void> {
  const roles = inOrder(wanted)
  const problem = rolesProblem(roles)
  if (problem !== undefined) throw fault('wrong_state', { detail: problem })
  await updateRoles(db, personId, roles)
  await append(db, {
    kind: 'person.roles_changed',
    actor: `person:${actor.id}`,
    about: { person: personId },
    labels: roles,
  })
}
