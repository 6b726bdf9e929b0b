import { randomBytes } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { makeWebhookSecret } from '@/lib/core/standard-webhooks'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import type { Actor } from '@/lib/people/actor'
import type { EditStream } from './contract'
import { refuseTakenName } from './create-stream'
import { ownPorts } from './reach'
import { openSecret, sealSecret } from './secret'
import { destinationFrom, refuseDestination, whereOf } from './settings'
import { lockStream, lockStreams, notifyStreams, setStream, streamRows } from './store'
import { writeKinds } from './stream'

/** How long the old secret of a webhook goes on signing beside the new one. */
const CHANGE_OVER_MS = 24 * 3_600_000

/**
 * Changes a stream. It goes on where it stands, by the new settings. A secret that is not given stays; one that could have been
 * sent to where the stream led before is not sent to another host: it has to be given again.
 * @throws Fault `not_found`, `already_exists`, `invalid_request` naming the field
 */
export async function editStream(db: Db, actor: Actor, id: string, given: EditStream): Promise<void> {
  const destination = destinationFrom(given)
  refuseDestination(destination, ownPorts())
  await lockStreams(db)
  const before = await lockStream(db, id)
  if (before.kind !== given.kind) throw fault('invalid_request', { field: 'kind', detail: 'A stream keeps its kind.' })
  refuseTakenName(await streamRows(db), given.name, id)
  const { name, kinds, contents } = given
  const { settings } = destination
  const fresh = given.kind === 'cloudevents' ? null : given.secret
  const byHeader = given.kind === 'otlp' || given.kind === 'shared_signals'
  const wanted = byHeader ? given.header !== null : given.kind === 'ocsf_syslog' ? given.cert !== null : true
  if (byHeader && fresh === null && wanted && movedHost(before.settings, given.url))
    throw fault('invalid_request', {
      field: 'secret',
      detail: 'Give the header’s value again: the address is another server.',
    })
  if (wanted && fresh === null && before.secret === null)
    throw fault('invalid_request', { field: 'secret', detail: 'Fill this in.' })
  const sealed =
    fresh === null
      ? wanted
        ? before.secret
        : null
      : sealSecret(id, { current: fresh }, ledger().keys.payload, randomBytes(12))
  await setStream(db, id, { name, settings, kinds, contents, secret: sealed })
  await append(db, {
    kind: 'stream.edited',
    actor: `person:${actor.id}`,
    about: { stream: id },
    labels: [given.kind, contents, ...(fresh === null ? [] : ['new_secret'])],
    subject: 'organisation',
    payload: {
      before: { name: before.name, kinds: writeKinds(before.kinds) || 'all', contents: before.contents },
      ...{ name, where: whereOf(destination), kinds: writeKinds(kinds) || 'all', private: settings.private },
    },
  })
  await notifyStreams(db)
}

/**
 * Makes a new signing secret for a webhook and answers it, this once. For a day both sign, so that the receiver can change over
 * without missing anything (Standard Webhooks, "Webhook headers").
 * @throws Fault `not_found`, `wrong_state` for a stream that signs nothing
 */
export async function renewSecret(db: Db, actor: Actor, id: string, now: Date): Promise<{ secret: string }> {
  const stream = await lockStream(db, id)
  if (stream.kind !== 'cloudevents')
    throw fault('wrong_state', { detail: 'Only webhooks are signed: edit the stream to change its secret.' })
  const { payload } = ledger().keys
  const old = stream.secret === null ? null : openSecret(id, stream.secret, payload)
  const current = makeWebhookSecret()
  const until = new Date(now.getTime() + CHANGE_OVER_MS).toISOString()
  const secret = old === null ? { current } : { current, previous: { value: old.current, until } }
  await setStream(db, id, { ...stream, secret: sealSecret(id, secret, payload, randomBytes(12)) })
  await append(db, {
    kind: 'stream.edited',
    actor: `person:${actor.id}`,
    about: { stream: id },
    labels: ['new_secret'],
  })
  await notifyStreams(db)
  return { secret: current }
}

function movedHost(before: object, url: string): boolean {
  return !('url' in before) || new URL(String(before.url)).origin !== new URL(url).origin
}
