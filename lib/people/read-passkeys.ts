import type { Db } from '@/lib/db/client'
import type { Signatures } from './govern-signatures'
import { relyingPartyOf } from './passkey-statement'
import { livingPasskeys, signaturesNeedPasskey } from './passkey-store'
import { sessionConfig } from './session-config'

export { signaturesNeedPasskey } from './passkey-store'

export type PasskeyRow = { id: string; name: string; synced: boolean; createdAt: Date; lastUsedAt: Date | null }

/** One's own living passkeys, the newest first. */
export async function passkeysOf(db: Db, personId: string): Promise<PasskeyRow[]> {
  const rows = await livingPasskeys(db, personId)
  return rows.map(({ id, name, synced, createdAt, lastUsedAt }) => ({ id, name, synced, createdAt, lastUsedAt }))
}

/** Whether a person has a passkey, and whether nobody does without one any longer: signatures need one by now, or this person has one. */
export async function passkeyRegistered(db: Db, personId: string): Promise<{ has: boolean; registered: boolean }> {
  const [needed, keys] = await Promise.all([signaturesNeedPasskey(db), livingPasskeys(db, personId)])
  const has = keys.length > 0
  return { has, registered: needed || has }
}

/** Whether this address can have passkeys. */
export function passkeysPossible(): boolean {
  return relyingPartyOf(sessionConfig().publicUrl) !== null
}

/** How a person signs here: whether they must and can with a passkey, and what the organisation says about it. */
export type SigningRule = {
  /** every signature needs a passkey by now */
  needed: boolean
  /** the person has one */
  has: boolean
  /** PUBLIC_URL is a name, without which there are no passkeys */
  possible: boolean
  signatures: Signatures
}

export async function signingRule(db: Db, personId: string): Promise<SigningRule> {
  const [needed, keys, organisation] = await Promise.all([
    signaturesNeedPasskey(db),
    livingPasskeys(db, personId),
    db.organisation.findUnique({ where: { id: 1 }, select: { signatures: true } }),
  ])
  return {
    needed: needed || keys.length > 0,
    has: keys.length > 0,
    possible: passkeysPossible(),
    signatures: organisation?.signatures === 'always' ? 'always' : 'once_registered',
  }
}
