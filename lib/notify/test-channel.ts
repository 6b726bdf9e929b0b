import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { readOrganisation } from '@/lib/people/read'
import { noteOutcome } from './channel-health'
import { FAILURES, failure, type Outcome } from './failure'
import { formatMail } from './format-mail'
import { mailServer } from './mail-server'
import { sayTest } from './say-message'
import { sendToRoom } from './send-channel'
import { sendMail } from './send-mail'
import { channelRow } from './store-channel'

const TIMEOUT_MS = 15_000

/**
 * Sends one test now, by mail to whoever asks, and says what came of it. A pager is opened and resolved again. Not for a transaction:
 * a receiver may take its time.
 * @throws Fault `not_found`
 */
export async function testChannel(
  db: Db,
  actor: Actor,
  id: string,
  origin: string,
  now: Date,
): Promise<{ ok: boolean; says: string }> {
  const channel = await channelRow(db, id)
  if (channel === null) throw fault('not_found')
  const message = sayTest(channel.name)
  let outcome: Outcome
  if (channel.kind === 'smtp') {
    const [server, organisation] = await Promise.all([mailServer(db), readOrganisation(db)])
    const context = {
      id: newId(now.getTime()),
      thread: `test:${id}`,
      origin,
      organisation: organisation?.name ?? 'Countersign',
      digest: null,
    }
    outcome =
      server === null
        ? failure('internal')
        : await sendMail(server, actor.email, formatMail([message], context), TIMEOUT_MS)
  } else {
    const word = { thread: `test:${newId(now.getTime())}`, at: now }
    outcome = await sendToRoom(channel, { message, act: 'trigger', ...word }, origin, TIMEOUT_MS)
    if (outcome.ok && channel.kind === 'pagerduty')
      outcome = await sendToRoom(channel, { message: null, act: 'resolve', ...word }, origin, TIMEOUT_MS)
  }
  await noteOutcome(channel, outcome, new Date())
  await transaction((tx) =>
    append(tx, {
      ...{ kind: 'channel.tested', actor: `person:${actor.id}`, about: { channel: id } },
      labels: [outcome.ok ? 'delivered' : outcome.code],
    }),
  )
  if (outcome.ok)
    return {
      ok: true,
      says:
        channel.kind === 'smtp'
          ? `The mail server took a test mail to ${actor.email}.`
          : 'The receiver took a test message.',
    }
  const { says, todo } = FAILURES[outcome.code]
  return {
    ok: false,
    says: `A test did not arrive. ${says}${outcome.detail === null ? '' : ` (${outcome.detail})`} ${todo}`,
  }
}
