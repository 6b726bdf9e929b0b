import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { tellPeople } from './store'

/** When a signature needs a passkey (ADR 0019). Never less than this: from the first passkey of a ciso on, each one does. */
export const SIGNATURES = ['once_registered', 'always'] as const
export type Signatures = (typeof SIGNATURES)[number]

/** A ciso says when signatures need a passkey. */
export async function governSignatures(db: Db, actor: Actor, signatures: Signatures): Promise<void> {
  await db.organisation.update({ where: { id: 1 }, data: { signatures }, select: { id: true } })
  await append(db, {
    kind: 'signatures.governed',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    labels: [signatures],
  })
  await tellPeople(db)
}
