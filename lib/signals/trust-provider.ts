import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ownPorts, refuseBarredLiteral } from '@/lib/notify/reach'
import type { Actor } from '@/lib/people/actor'
import type { LinkSubject, TrustProvider } from './contract'
import { insertProvider, linkRow, personByEmail, providerRow, providerRows, removeProvider } from './store'

/** At most so many: each may contain any person's agents. */
export const MOST_PROVIDERS = 10

/**
 * Hears an identity provider from now on: what it says of a person contains that person's agents.
 * @throws Fault `already_exists` on `issuer`, `invalid_request` on `jwks_url` or `name`
 */
export async function trustProvider(db: Db, actor: Actor, given: TrustProvider, now: Date): Promise<string> {
  const url = new URL(given.jwks_url)
  const plain = url.protocol === 'http:'
  if (plain && !given.private)
    throw fault('invalid_request', { field: 'jwks_url', detail: 'Keys are fetched by https, but in your own network.' })
  const port = url.port === '' ? (plain ? 80 : 443) : Number(url.port)
  try {
    refuseBarredLiteral(url.hostname, { private: given.private, plain, port, ownPorts: ownPorts() })
  } catch (error) {
    throw fault('invalid_request', { field: 'jwks_url', detail: (error as Error).message })
  }
  if ((await providerRows(db)).length >= MOST_PROVIDERS)
    throw fault('invalid_request', { field: 'name', detail: `At most ${MOST_PROVIDERS}. Remove one first.` })
  const id = newId(now.getTime())
  const { name, issuer, audience, private: own } = given
  const made = { id, name, issuer, audience, jwksUrl: url.href, private: own, createdAt: now, by: actor.id }
  if (!(await insertProvider(db, made)))
    throw fault('already_exists', { field: 'issuer', detail: 'This issuer is heard already.' })
  await append(db, {
    kind: 'identity_provider.trusted',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: { name, issuer, audience, keys: `${url.origin}${url.pathname}`, private: own },
  })
  return id
}

/** Hears it no more. What it contained stays halted. @throws Fault `not_found` */
export async function distrustProvider(db: Db, actor: Actor, id: string, now: Date): Promise<void> {
  const provider = await providerRow(db, id)
  if (provider === null || !(await removeProvider(db, id, now))) throw noSuch()
  await append(db, {
    kind: 'identity_provider.distrusted',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: { name: provider.name, issuer: provider.issuer },
  })
}

/** Says who a provider's subject is here. @throws Fault `not_found`, naming `email` where nobody has that address */
export async function linkSubject(db: Db, actor: Actor, id: string, given: LinkSubject, now: Date): Promise<void> {
  if ((await providerRow(db, id)) === null) throw noSuch()
  const personId = await personByEmail(db, given.email)
  if (personId === null)
    throw fault('not_found', { field: 'email', detail: 'Nobody here has this address. Invite them first.' })
  await linkRow(db, { providerId: id, subject: given.subject, personId, by: actor.id, at: now })
  await append(db, {
    kind: 'identity_provider.subject_linked',
    actor: `person:${actor.id}`,
    about: { person: personId },
    subject: 'organisation',
    payload: { subject: given.subject },
  })
}

const noSuch = () => fault('not_found', { detail: 'There is no such identity provider.' })
