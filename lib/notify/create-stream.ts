import { randomBytes } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { makeWebhookSecret } from '@/lib/core/standard-webhooks'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import { ledgerStatus } from '@/lib/ledger/read'
import type { Actor } from '@/lib/people/actor'
import type { CreateStream } from './contract'
import { ownPorts } from './reach'
import { sealSecret } from './secret'
import { destinationFrom, refuseDestination, whereOf } from './settings'
import { insertStream, lockStreams, notifyStreams, streamRows } from './store'
import { MOST_STREAMS, writeKinds } from './stream'

/**
 * Makes a stream. A webhook's signing secret is made here, answered this once and never shown again.
 * @throws Fault `already_exists` on `name`, `invalid_request` naming the field
 */
export async function createStream(
  db: Db,
  actor: Actor,
  given: CreateStream,
  now: Date,
): Promise<{ id: string; secret: string | null }> {
  const destination = destinationFrom(given)
  refuseDestination(destination, ownPorts())
  await lockStreams(db)
  const living = await streamRows(db)
  refuseTakenName(living, given.name, null)
  if (living.length >= MOST_STREAMS)
    throw fault('invalid_request', { field: 'name', detail: `At most ${MOST_STREAMS} streams. Remove one first.` })
  const id = newId(now.getTime())
  const secret = secretFrom(given)
  const sealed = secret === null ? null : sealSecret(id, { current: secret }, ledger().keys.payload, randomBytes(12))
  const next = given.from === 'now' ? (await ledgerStatus(db)).size : 0
  const { kind, settings } = destination
  const { name, kinds, contents } = given
  await insertStream(db, {
    id,
    name,
    kind,
    settings,
    kinds,
    contents,
    next,
    secret: sealed,
    createdBy: actor.id,
    at: now,
  })
  await append(db, {
    kind: 'stream.created',
    actor: `person:${actor.id}`,
    about: { stream: id },
    labels: [kind, contents],
    subject: 'organisation',
    payload: {
      name,
      where: whereOf(destination),
      kinds: writeKinds(kinds) || 'all',
      from: next,
      private: settings.private,
    },
  })
  await notifyStreams(db)
  return { id, secret: kind === 'cloudevents' ? secret : null }
}

/** @throws Fault `already_exists` when another living stream has the name */
export function refuseTakenName(
  living: readonly { id: string; name: string }[],
  name: string,
  own: string | null,
): void {
  if (living.some((one) => one.id !== own && one.name.toLowerCase() === name.toLowerCase()))
    throw fault('already_exists', { field: 'name', detail: 'There is a stream of this name.' })
}

function secretFrom(given: CreateStream): string | null {
  switch (given.kind) {
    case 'cloudevents':
      return makeWebhookSecret()
    case 'otlp':
    case 'shared_signals':
      if ((given.header === null) !== (given.secret === null))
        throw fault('invalid_request', {
          field: given.header === null ? 'header' : 'secret',
          detail: 'Give the header’s name and its value, or neither.',
        })
      return given.secret
    case 'ocsf_syslog':
      if ((given.cert === null) !== (given.secret === null))
        throw fault('invalid_request', {
          field: given.cert === null ? 'cert' : 'secret',
          detail: 'Give the certificate and its key, or neither.',
        })
      return given.secret
  }
}
