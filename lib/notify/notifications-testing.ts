import type pg from 'pg'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { pool } from '@/lib/db/pool'
import { consume } from '@/lib/ledger/tail'
import { transaction } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { notificationsConsumer } from './follow-notifications'
import { makeChannel } from './make-channel'
import { integrate } from './notify-testing'
import type { CreateChannel } from './notification-contract'
import { messengerOf, sendDue, type Messenger } from './send-notifications'

export const CONSOLE = 'https://countersign.example.com'

/** A messenger of this process with deadlines short enough for a test. */
export const testMessenger = (given: Partial<Messenger> = {}): Messenger => ({
  ...messengerOf(CONSOLE, pool('app')),
  ...{ timeoutMs: 3_000, leaseMs: 6_000, random: () => 0 },
  ...given,
})

/** Reads everything the log holds by now, as the tail does. */
export async function follow(): Promise<void> {
  await integrate()
  while ((await consume(notificationsConsumer)) > 0);
}

/** An agent that works; whoever else its sample made an analyst is gone, so that only the test's own people hear of its requests. */
export async function working(superuser: pg.Pool): Promise<Governed> {
  const made = await governed(superuser)
  await superuser.query(
    "UPDATE person SET deactivated_at = now() WHERE 'analyst' = ANY (roles) AND email LIKE '%@example.com' AND deactivated_at IS NULL",
  )
  return made
}

/** Sends everything that is queued, as if its time had come. */
export async function sendAll(messenger = testMessenger()): Promise<void> {
  await pool('app').query("UPDATE notification SET due_at = now() - interval '1 second' WHERE state = 'queued'")
  await sendDue(messenger, new AbortController().signal)
}

/** Makes a channel as an administrator would. */
export function addChannel(actor: Actor, given: CreateChannel): Promise<{ id: string }> {
  return transaction((db) => makeChannel(db, actor, given, new Date()))
}

/** A mail server without encryption on this machine, as an administrator would set it. */
export const plainMail = (port: number): Extract<CreateChannel, { kind: 'smtp' }> => ({
  kind: 'smtp',
  host: '127.0.0.1',
  port,
  tls: 'none',
  user: null,
  password: null,
  from: 'countersign@quillhaven.example',
  private: true,
  ca: null,
})

export type Row = {
  id: string
  kind: string
  what: string
  via: string
  person_id: string | null
  state: string
  count: number
  why: string | null
  attempts: number
  with_id: string | null
  due_at: Date
  created_at: Date
}

/** Every message there is, oldest first. */
export async function rows(where = 'true', values: unknown[] = []): Promise<Row[]> {
  return (await pool('app').query<Row>(`SELECT * FROM notification WHERE ${where} ORDER BY id`, values)).rows
}
