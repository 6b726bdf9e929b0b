import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { LONGEST_HALT_TOKEN_DAYS, type TokenScope } from './contract'
import { makeSecret, TOKEN_PREFIX } from './one-time'
import { can } from './permission'

/** Enough for every script somebody still knows of. */
const MOST_TOKENS = 20

/**
 * Makes an API token for oneself. It reads what its maker may read, never more and never longer, and it is shown this once. With the
 * scope `draft` it also drafts the boundaries its maker may draft. With the scope `halt`, for whoever may engage halts, it engages and
 * lists them and does nothing else, not even read (ADR 0041). No token signs, approves, lifts or changes anything else.
 * @throws Fault `invalid_request` on `name` or `days`, `not_permitted` on `scope`
 */
export async function createToken(
  db: Db,
  actor: Actor,
  given: { name: string; days: number; scope?: TokenScope },
  now: Date,
): Promise<{ id: string; token: string; expiresAt: Date }> {
  if (given.scope === 'halt') {
    const may = can(actor, 'halt.engage')
    if (!may.ok) throw fault('not_permitted', { field: 'scope', detail: may.reason })
    if (given.days > LONGEST_HALT_TOKEN_DAYS)
      throw fault('invalid_request', {
        field: 'days',
        detail: `A token for halts lasts ${LONGEST_HALT_TOKEN_DAYS} days at most.`,
      })
  }
  const living = await db.apiToken.findMany({
    where: { personId: actor.id, revokedAt: null, expiresAt: { gt: now } },
    select: { name: true },
  })
  if (living.some(({ name }) => name === given.name))
    throw fault('already_exists', { field: 'name', detail: 'You have a token of this name.' })
  if (living.length >= MOST_TOKENS)
    throw fault('invalid_request', {
      field: 'name',
      detail: `At most ${MOST_TOKENS} tokens. Revoke one you no longer use.`,
    })
  const { secret, hash } = makeSecret(TOKEN_PREFIX)
  const id = newId(now.getTime())
  const expiresAt = new Date(now.getTime() + given.days * 86_400_000)
  await db.apiToken.create({
    data: {
      id,
      personId: actor.id,
      name: given.name,
      tokenHash: hash,
      hint: secret.slice(-4),
      scope: given.scope ?? 'read',
      createdAt: now,
      expiresAt,
    },
    select: { id: true },
  })
  await append(db, {
    kind: 'token.created',
    actor: `person:${actor.id}`,
    about: { token: id },
    ...(given.scope === 'draft' && { labels: ['drafts'] }),
    ...(given.scope === 'halt' && { labels: ['halts'] }),
    payload: { name: given.name, scope: given.scope ?? 'read', expires_at: expiresAt.toISOString() },
  })
  return { id, token: secret, expiresAt }
}

/**
 * Ends a token at once: one's own, or anybody's for an administrator.
 * @throws Fault `not_found` also for tokens the actor may not end, and for those that have ended
 */
export async function revokeToken(db: Db, actor: Actor, tokenId: string, now: Date): Promise<{ personId: string }> {
  const token = await db.apiToken.findUnique({ where: { id: tokenId }, select: { personId: true } })
  if (token === null || !can(actor, 'token.revoke', { personId: token.personId }).ok) throw fault('not_found')
  const { count } = await db.apiToken.updateMany({ where: { id: tokenId, revokedAt: null }, data: { revokedAt: now } })
  if (count === 0) throw fault('not_found')
  await append(db, {
    kind: 'token.revoked',
    actor: `person:${actor.id}`,
    about: { token: tokenId, person: token.personId },
  })
  return token
}
