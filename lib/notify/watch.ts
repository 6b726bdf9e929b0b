import { transaction, type Db } from '@/lib/db/client'
import { entryAt, ledgerStatus } from '@/lib/ledger/read'
import { say } from './say'
import { streamRows, notifyStreams, type StreamRow } from './store'
import { clearLagging, markLagging } from './store-send'
import { LAGGING_AFTER_MS, lagOf, type Lag } from './stream'

/** How far a stream is behind. */
export async function readLag(db: Db, stream: StreamRow, size: number, now: Date): Promise<Lag> {
  const oldest = stream.next < size ? await entryAt(db, stream.next) : null
  return lagOf(size, stream.next, oldest?.recordedAt ?? null, stream.toldAt, now)
}

/**
 * Says of every stream that sends, once, that it has fallen behind, and once that it has caught up: slowness is a failure that no
 * try reports. Run it every minute.
 */
export async function watchStreams(db: Db, now: Date): Promise<void> {
  const [streams, { size }] = await Promise.all([streamRows(db), ledgerStatus(db)])
  for (const stream of streams) {
    if (stream.state === 'paused') continue
    const lag = await readLag(db, stream, size, now)
    const behind = lag.seconds * 1000 > LAGGING_AFTER_MS
    if (behind === (stream.laggedAt !== null)) continue
    await transaction(async (tx) => {
      const changed = behind ? await markLagging(tx, stream.id, now) : await clearLagging(tx, stream.id)
      if (!changed) return
      if (behind)
        await say(
          tx,
          'stream.lagged',
          stream,
          'behind',
          `The stream ${stream.name} is behind by ${lag.entries} entries.`,
        )
      else await say(tx, 'stream.recovered', stream, 'caught_up', `The stream ${stream.name} has caught up.`)
      await notifyStreams(tx)
    })
  }
}
