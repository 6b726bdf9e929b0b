import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { db } from '@/lib/db/client'
import { readOrganisation } from '@/lib/people/read'
import { noteOutcome } from './channel-health'
import { FAILURES, failure, type FailureCode, type Outcome } from './failure'
import { formatMail } from './format-mail'
import { mailServer } from './mail-server'
import type { Message } from './message'
import { GIVE_UP_MS } from './notification'
import { readMessages } from './read-messages'
import { sendToRoom } from './send-channel'
import { sendMail } from './send-mail'
import { channelRow } from './store-channel'
import { listeners } from './store-choice'
import { holdBack, settle, takeDue, takeRest, type NotificationRow, type Taker } from './store-notification'
import { retryDelay } from './stream'

/** What sends in this process. `timeoutMs` bounds one delivery and is well below the lease. */
export type Messenger = Taker & { connections: pg.Pool; origin: string; timeoutMs: number; random: () => number }

/** What says that the receiver itself is away, whatever the message; one try a while is enough then. */
const AWAY: ReadonlySet<FailureCode> = new Set(['dns', 'connect', 'tls', 'timeout', 'broken', 'login'])
const HOLD_AT_MOST_MS = 60_000

/** So many deliveries at a time. */
const AT_ONCE = 4

/** The messenger of this process. @param origin of the console, as PUBLIC_URL names it */
export function messengerOf(origin: string, connections: pg.Pool): Messenger {
  return { id: randomUUID(), leaseMs: 60_000, timeoutMs: 15_000, connections, origin, random: Math.random }
}

/**
 * Sends what is due until nothing is; answers how many messages it settled. At least once: what was handed over when this process died is
 * handed over again after its lease, under the same Message-ID; nothing else is ever sent twice, by however many replicas.
 * @throws when the database does; nothing is lost by it
 */
export async function sendDue(messenger: Messenger, signal: AbortSignal): Promise<number> {
  let settled = 0
  while (!signal.aborted) {
    const taken = await takeDue(messenger.connections, messenger, AT_ONCE)
    if (taken.length === 0) return settled
    const done = await Promise.allSettled(taken.map((first) => sendOne(messenger, first)))
    for (const one of done) if (one.status === 'rejected') throw one.reason
    settled += taken.length
  }
  return settled
}

async function sendOne(messenger: Messenger, first: NotificationRow): Promise<void> {
  const { connections } = messenger
  const rows = first.pace === 'now' ? [first] : [first, ...(await takeRest(connections, messenger, first))]
  const now = new Date()
  const closing = first.act !== 'trigger' && first.channelId !== null && first.via === 'pagerduty'
  if (closing) {
    await toRoom(messenger, first, null)
    return
  }
  const said = await readMessages(connections, rows, now)
  for (const one of said)
    if ('over' in one) await settle(connections, messenger, [one.row.id], { state: 'suppressed', why: one.over }, now)
  const left = said.flatMap((one) => ('message' in one ? [one] : []))
  if (left.length === 0) return
  if (first.channelId === null) await toPerson(messenger, left)
  else for (const { row, message } of left) await toRoom(messenger, row, message)
}

async function toPerson(
  messenger: Messenger,
  said: readonly { row: NotificationRow; message: Message }[],
): Promise<void> {
  const { connections, origin, timeoutMs } = messenger
  const [lead] = said
  if (lead === undefined || lead.row.personId === null) return
  const [server, [person], organisation] = await Promise.all([
    mailServer(connections),
    listeners(connections, new Date(), [lead.row.personId]),
    readOrganisation(db()),
  ])
  const rows = said.map(({ row }) => row)
  if (person === undefined || server === null) {
    await settle(connections, messenger, idsOf(rows), { state: 'suppressed', why: 'removed' }, new Date())
    return
  }
  const { id, thread, pace } = lead.row
  const context = {
    id,
    thread,
    origin,
    organisation: organisation?.name ?? 'Countersign',
    digest: pace === 'now' ? null : pace,
  }
  const mail = formatMail(
    said.map(({ message }) => message),
    context,
  )
  const outcome = await sendMail(server, person.email, mail, timeoutMs)
  await noteOutcome({ id: server.channelId, name: 'E-mail' }, outcome, new Date())
  await finish(messenger, rows, outcome)
}

async function toRoom(messenger: Messenger, row: NotificationRow, message: Message | null): Promise<void> {
  const { connections, origin, timeoutMs } = messenger
  const channel = await channelRow(connections, row.channelId ?? '')
  if (channel === null) {
    await settle(connections, messenger, [row.id], { state: 'suppressed', why: 'removed' }, new Date())
    return
  }
  const outcome = await sendToRoom(
    channel,
    { message, act: row.act, thread: row.thread, at: row.createdAt },
    origin,
    timeoutMs,
  )
  await noteOutcome(channel, outcome, new Date())
  await finish(messenger, [row], outcome)
}

/** Settles what was handed over together: the first as sent and the others as gone with it; or queues all again, until it is too late. */
async function finish(messenger: Messenger, rows: readonly NotificationRow[], outcome: Outcome): Promise<void> {
  const { connections } = messenger
  const [first, ...rest] = rows
  if (first === undefined) return
  const now = new Date()
  if (outcome.ok) {
    await settle(connections, messenger, [first.id], { state: 'sent' }, now)
    await settle(connections, messenger, idsOf(rest), { state: 'digested', withId: first.id }, now)
    return
  }
  if (AWAY.has(outcome.code)) {
    const wait = Math.min(retryDelay(first.attempts, outcome.retryAfter, messenger.random()), HOLD_AT_MOST_MS)
    await holdBack(connections, first, new Date(now.getTime() + wait))
  }
  for (const row of rows) {
    // a digest is up to a day old before it is tried
    const old = now.getTime() - row.createdAt.getTime() > GIVE_UP_MS * (row.pace === 'now' ? 1 : 2)
    const end = old && FAILURES[outcome.code].again ? failure('late', outcome.detail) : outcome
    if (!FAILURES[end.code].again) {
      await settle(connections, messenger, [row.id], { state: 'failed', why: end.code, detail: end.detail }, now)
      continue
    }
    const dueAt = new Date(now.getTime() + retryDelay(row.attempts, end.retryAfter, messenger.random()))
    await settle(connections, messenger, [row.id], { state: 'queued', why: end.code, detail: end.detail, dueAt }, now)
  }
}

const idsOf = (rows: readonly NotificationRow[]): string[] => rows.map(({ id }) => id)
