import { fault } from '@/lib/core/fault'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { askForAssertion, type Asked } from './passkey-challenge'
import { checkAssertion } from './passkey-assert'
import type { AssertionInput } from './passkey-contract'
import { livingPasskeys } from './passkey-store'
import { tellPeople } from './store'

/** A living passkey of one's own. @throws Fault `not_found` for anybody else's, and for a removed one */
async function ownPasskey(db: Db, actor: Actor, id: string) {
  const found = (await livingPasskeys(db, actor.id)).find((key) => key.id === id)
  if (found === undefined) throw fault('not_found')
  return found
}

/** Renames one's own passkey. @throws Fault `not_found`, `already_exists` on `name` */
export async function renamePasskey(db: Db, actor: Actor, id: string, name: string): Promise<void> {
  const before = await ownPasskey(db, actor, id)
  if ((await livingPasskeys(db, actor.id)).some((key) => key.id !== id && key.name === name))
    throw fault('already_exists', { field: 'name', detail: 'You have a passkey of this name.' })
  await db.passkey.update({ where: { id }, data: { name }, select: { id: true } })
  await append(db, {
    kind: 'passkey.renamed',
    actor: `person:${actor.id}`,
    about: { passkey: id, person: actor.id },
    payload: { before: before.name, name },
  })
}

/** Asks for a passkey of one's own to remove one with. @throws Fault `not_found` */
export async function beginToRemove(db: Db, actor: Actor, id: string, now: Date): Promise<Asked> {
  const { name } = await ownPasskey(db, actor, id)
  const words = `I, ${actor.name}, remove my passkey “${name}”. What was signed with it stays signed.`
  return askForAssertion(db, actor.id, { what: 'passkey.remove', subject: id, digest: null, words }, now)
}

/**
 * Removes one's own passkey, with any passkey one has: whoever only has the password removes none, and so cannot put in one of their
 * own. Given no transaction, since the challenge stays taken.
 * @throws Fault `not_found`, `passkey_required`, `passkey_challenge`, `passkey_refused`
 */
export async function removePasskey(
  db: Db,
  actor: Actor,
  id: string,
  assertion: AssertionInput | undefined,
  now: Date,
): Promise<{ name: string }> {
  const { name } = await ownPasskey(db, actor, id)
  if (assertion === undefined)
    throw fault('passkey_required', {
      detail: 'Removing a passkey needs one of your passkeys, and a browser with JavaScript.',
    })
  const proven = await checkAssertion(db, actor.id, 'passkey.remove', assertion, now)
  if (proven.statement.subject !== id) throw fault('passkey_challenge', { detail: 'That was for another passkey.' })
  await transaction(async (tx) => {
    const { count } = await tx.passkey.updateMany({
      where: { id, personId: actor.id, removedAt: null },
      data: { removedAt: now, removedBy: actor.id },
    })
    if (count === 0) throw fault('not_found')
    await append(tx, {
      kind: 'passkey.removed',
      actor: `person:${actor.id}`,
      about: { passkey: id, person: actor.id },
      payload: { name, passkey: proven },
    })
    await tellPeople(tx)
  })
  return { name }
}
