import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { entriesFrom, ledgerStatus } from '@/lib/ledger/read'
import type { Actor } from '@/lib/people/actor'
import { SKIPPABLE } from './failure'
import { insertDeadLetter, lockStream, moveStream, notifyStreams, tryNow, type StreamRow } from './store'
import { streamCan, type StreamAct } from './stream'

/** Stops sending until somebody resumes it: nothing is lost, it goes on where it stands. @throws Fault `not_found`, `wrong_state` */
export async function pauseStream(db: Db, actor: Actor, id: string, now: Date): Promise<void> {
  const stream = await lockFor(db, 'pause', id)
  await moveStream(db, id, { state: 'paused', at: now })
  await record(db, actor, 'stream.paused', stream)
}

/** Sends again, from where it stands. @throws Fault `not_found`, `wrong_state` */
export async function resumeStream(db: Db, actor: Actor, id: string, now: Date): Promise<void> {
  const stream = await lockFor(db, 'resume', id)
  await moveStream(db, id, { state: 'active', at: now })
  await record(db, actor, 'stream.resumed', stream)
}

/** Ends a stream for good: its name is free again, and what it did stays in the ledger. @throws Fault `not_found` */
export async function removeStream(db: Db, actor: Actor, id: string, now: Date): Promise<void> {
  const stream = await lockFor(db, 'remove', id)
  await moveStream(db, id, { state: 'removed', at: now })
  await record(db, actor, 'stream.removed', stream)
}

/** Tries a failing stream at once. No entry: what comes of it is one. @throws Fault `not_found`, `wrong_state` */
export async function retryStream(db: Db, id: string): Promise<void> {
  await lockFor(db, 'retry', id)
  await tryNow(db, id)
  await notifyStreams(db)
}

/**
 * Sends again from an entry on: the receiver gets a second time what it has had. Never forward: that would leave entries out unseen.
 * @throws Fault `not_found`, `wrong_state`, `invalid_request` beyond the end of the log
 */
export async function replayStream(db: Db, actor: Actor, id: string, index: number, now: Date): Promise<void> {
  const stream = await lockFor(db, 'replay', id)
  const { size } = await ledgerStatus(db)
  if (index > stream.next)
    throw fault('invalid_request', {
      field: 'index',
      detail: `It has not got past #${stream.next} yet. Going forward would leave entries out: skip them one by one.`,
    })
  if (index > size) throw fault('invalid_request', { field: 'index', detail: `The log ends at #${size - 1}.` })
  await moveStream(db, id, { state: stream.state === 'paused' ? 'paused' : 'active', next: index, at: now })
  await record(db, actor, 'stream.replayed', stream, { from: index, was: stream.next })
}

/**
 * Goes on without the one entry a failing stream stands before: a person's decision, kept with its reason where everybody sees it.
 * @param index the entry the person saw; another one is not skipped in its place
 * @throws Fault `not_found`, `wrong_state`, `conflict` when the stream does not stand before that entry any more
 */
export async function skipEntry(db: Db, actor: Actor, id: string, index: number, now: Date): Promise<void> {
  const stream = await lockFor(db, 'skip', id)
  if (stream.errorIndex !== index || index < stream.next)
    throw fault('conflict', { detail: `The stream does not stand before #${index} any more.` })
  if (stream.error === null || !SKIPPABLE.includes(stream.error))
    throw fault('wrong_state', { detail: `Entry #${index} is not what keeps this stream from delivering.` })
  const [entry] = await entriesFrom(db, index, 1)
  if (entry?.index !== index)
    throw fault('wrong_state', {
      detail: `Entry #${index} is missing from the database: run npx countersign verify first.`,
    })
  await insertDeadLetter(db, {
    ...{ streamId: id, index, entryId: entry.id, error: stream.error, errorDetail: stream.errorDetail },
    ...{ by: actor.id, at: now },
  })
  await moveStream(db, id, { state: 'active', next: index + 1, at: now })
  await record(db, actor, 'stream.skipped', stream, { index, error: stream.error }, entry.id)
}

async function lockFor(db: Db, act: StreamAct, id: string): Promise<StreamRow> {
  const stream = await lockStream(db, id)
  if (!streamCan(act, stream.state))
    throw fault('wrong_state', { detail: `The stream is ${stream.state}, so there is nothing to ${act}.` })
  return stream
}

async function record(
  db: Db,
  actor: Actor,
  kind: 'stream.paused' | 'stream.resumed' | 'stream.removed' | 'stream.replayed' | 'stream.skipped',
  stream: StreamRow,
  more: Readonly<Record<string, unknown>> = {},
  entry: string | null = null,
): Promise<void> {
  await append(db, {
    kind,
    actor: `person:${actor.id}`,
    about: { stream: stream.id, entry },
    subject: 'organisation',
    payload: { name: stream.name, ...more },
  })
  await notifyStreams(db)
}
