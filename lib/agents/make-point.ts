import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { makeSecret } from '@/lib/people/one-time'
import { MOST_POINTS, POINT_PREFIX } from './enforcement-point'

/**
 * Makes an enforcement point and answers its token, this once: only its hash is kept. It may ask for no agent until the agent's owner lets it
 * (ADR 0047). Run it in a transaction.
 * @throws Fault `already_exists` or `invalid_request` naming `name`
 */
export async function makePoint(
  db: Db,
  person: { id: string },
  given: { name: string; days: number },
  now: Date,
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const living = await db.enforcementPoint.findMany({ where: { revokedAt: null }, select: { name: true } })
  if (living.some(({ name }) => name.toLowerCase() === given.name.toLowerCase()))
    throw fault('already_exists', { field: 'name', detail: 'There is an enforcement point of this name.' })
  if (living.length >= MOST_POINTS)
    throw fault('invalid_request', {
      field: 'name',
      detail: `At most ${MOST_POINTS} enforcement points. Revoke one nobody uses any more.`,
    })
  const { secret, hash } = makeSecret(POINT_PREFIX)
  const id = newId(now.getTime())
  const expiresAt = new Date(now.getTime() + given.days * 86_400_000)
  await db.enforcementPoint.create({
    data: {
      id,
      name: given.name,
      tokenHash: hash,
      hint: secret.slice(-4),
      createdBy: person.id,
      createdAt: now,
      expiresAt,
    },
    select: { id: true },
  })
  await append(db, {
    kind: 'enforcement_point.created',
    actor: `person:${person.id}`,
    about: { enforcement_point: id },
    payload: { name: given.name, expires_at: expiresAt.toISOString() },
  })
  return { id, token: secret, expiresAt }
}
