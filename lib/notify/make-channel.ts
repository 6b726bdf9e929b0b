import { randomBytes } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import type { Actor } from '@/lib/people/actor'
import { MOST_CHANNELS, type ChannelSettings } from './channel'
import { describe, type Described } from './channel-text'
import type { CreateChannel, EditChannel } from './notification-contract'
import { isOfEnvironment } from './mail-server'
import { ownPorts } from './reach'
import { sealSecret } from './secret'
import {
  type ChannelRow,
  channelRows,
  endChannel,
  insertChannel,
  lockChannel,
  lockChannels,
  setChannel,
} from './store-channel'

/**
 * Makes a channel by which people are told. Its secret is sealed and answered to nobody.
 * @throws Fault `already_exists` on `name`, `invalid_request` naming the field
 */
export async function makeChannel(db: Db, actor: Actor, given: CreateChannel, now: Date): Promise<{ id: string }> {
  const said = describe(given, null, ownPorts())
  await lockChannels(db)
  if ((await channelRows(db)).length >= MOST_CHANNELS)
    throw fault('invalid_request', { field: 'name', detail: `At most ${MOST_CHANNELS} channels. Remove one first.` })
  const id = newId(now.getTime())
  const secret = sealed(id, said.secret)
  if (!(await insertChannel(db, { ...said, id, kind: given.kind, secret, createdBy: actor.id, at: now })))
    throw taken(given.kind)
  await note(db, actor, 'channel.created', id, given.kind, said)
  return { id }
}

/**
 * Changes a channel. A secret that is left blank stays; one that could have been sent to where the channel led before is not sent to another
 * server: it has to be given again.
 * @throws Fault `not_found`, `already_exists`, `invalid_request` naming the field
 */
export async function editChannel(db: Db, actor: Actor, id: string, given: EditChannel): Promise<void> {
  await lockChannels(db)
  const before = await lockChannel(db, id)
  refuseOfEnvironment(before)
  if (before.kind !== given.kind) throw fault('invalid_request', { field: 'kind', detail: 'A channel keeps its kind.' })
  const said = describe(given, before.settings, ownPorts())
  const others = (await channelRows(db)).filter((one) => one.id !== id)
  if (others.some(({ name }) => name.toLowerCase() === said.name.toLowerCase())) throw taken(given.kind)
  if (said.secret === null && before.secret !== null && moved(before.settings, said.settings))
    throw fault('invalid_request', {
      field: given.kind === 'smtp' ? 'password' : given.kind === 'pagerduty' ? 'key' : 'url',
      detail: 'Give it again: it is another server.',
    })
  const anonymous = given.kind === 'smtp' && given.user === null
  await setChannel(db, id, { ...said, secret: anonymous ? null : (sealed(id, said.secret) ?? before.secret) })
  await note(db, actor, 'channel.edited', id, given.kind, said)
}

/** Ends a channel for good; what waits for it is dropped. @throws Fault `not_found` */
export async function removeChannel(db: Db, actor: Actor, id: string): Promise<void> {
  const before = await lockChannel(db, id)
  refuseOfEnvironment(before)
  const { name, kind } = before
  await endChannel(db, id)
  await append(db, {
    ...{ kind: 'channel.removed', actor: `person:${actor.id}`, about: { channel: id }, labels: [kind] },
    ...{ subject: 'organisation', payload: { name } },
  })
}

function refuseOfEnvironment(row: ChannelRow): void {
  if (isOfEnvironment(row)) throw fault('wrong_state', { detail: 'The environment of the server sets this: SMTP_URL.' })
}

const sealed = (id: string, secret: string | null): Buffer | null =>
  secret === null ? null : sealSecret(id, { current: secret }, ledger().keys.payload, randomBytes(12))

const taken = (kind: string) =>
  fault('already_exists', {
    field: 'name',
    detail: kind === 'smtp' ? 'Mail leaves by another server already: edit that.' : 'There is a channel of this name.',
  })

/** Whether a secret would go elsewhere than it was given for; also from encrypted to plain. */
function moved(before: ChannelSettings, after: ChannelSettings): boolean {
  const plain = (of: ChannelSettings) => 'tls' in of && of.tls === 'none'
  const place = (of: ChannelSettings) =>
    `${of.host}:${'port' in of ? of.port : ''}:${'url' in of ? (of.url ?? '') : ''}`
  return place(before) !== place(after) || (plain(after) && !plain(before))
}

async function note(
  db: Db,
  actor: Actor,
  kind: 'channel.created' | 'channel.edited',
  id: string,
  of: string,
  said: Described,
): Promise<void> {
  const { name, settings, kinds, severity, teamId, secret } = said
  await append(db, {
    ...{
      kind,
      actor: `person:${actor.id}`,
      about: { channel: id, team: teamId },
      labels: [of, ...(secret === null ? [] : ['new_secret'])],
    },
    ...{ subject: 'organisation', payload: { name, host: settings.host, private: settings.private, kinds, severity } },
  })
}
