import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { can } from './permission'
import { findSession, revokeSessions } from './session-store'
import { tellPeople } from './store'
import { forgetUnclaimed } from './store-device'

/**
 * Ends one session at once: one's own (signing out is that), or anybody's for an administrator. Ending what has ended is
 * no error.
 * @throws Fault `not_found` also for sessions the actor may not end
 */
export async function revokeSession(db: Db, actor: Actor, sessionId: string, now: Date): Promise<{ own: boolean }> {
  const session = await findSession(db, sessionId)
  if (session === null || !can(actor, 'session.revoke', { personId: session.personId }).ok) throw fault('not_found')
  await endSessions(db, actor.id, { id: sessionId, personId: session.personId }, now)
  return { own: session.id === actor.via.id }
}

/**
 * Ends the sessions of a person, but for the one they act from.
 * @throws Fault `not_permitted`
 */
export async function revokeOtherSessions(db: Db, actor: Actor, personId: string, now: Date): Promise<number> {
  const permission = can(actor, 'session.revoke', { personId })
  if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
  return endSessions(db, actor.id, { personId, except: actor.via.id }, now)
}

/**
 * Ends sessions and records each; with all of a person's, the logins they allowed and nobody claimed yet. For verbs that have their own
 * permission, such as a new password.
 * @param by the person; null: Countersign itself
 */
export async function endSessions(
  db: Db,
  by: string | null,
  which: { id?: string; personId: string; except?: string },
  now: Date,
): Promise<number> {
  // before the sessions: a command line that claims its login meanwhile is among those, or is given nothing
  const unclaimed = which.id === undefined ? await forgetUnclaimed(db, which.personId) : []
  const ended = await revokeSessions(db, which, now)
  for (const { id, machine } of unclaimed)
    await append(db, {
      kind: 'device_login.revoked',
      actor: by === null ? 'system' : `person:${by}`,
      about: { person: which.personId, device_login: id },
      payload: { machine },
      subject: `person:${which.personId}`,
    })
  for (const { id: session, machine } of ended)
    await append(db, {
      kind: machine === null ? 'session.revoked' : 'device_login.revoked',
      actor: by === null ? 'system' : `person:${by}`,
      about: { person: which.personId, session },
      ...(machine !== null && { payload: { machine }, subject: `person:${which.personId}` }),
    })
  if (ended.length + unclaimed.length > 0) await tellPeople(db)
  return ended.length
}
