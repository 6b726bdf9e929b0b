import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { CHANNEL_FAILING_AFTER } from './channel'
import { FAILURES, type Outcome } from './failure'
import { noteDelivered, noteFailed } from './store-channel'

/**
 * Notes what came of a delivery by a channel. The third failure in a row, or one that will not pass by itself, is an entry, and so an
 * alert; so is the first delivery after it. A single message that its receiver cannot take says nothing of the channel.
 */
export async function noteOutcome(channel: { id: string; name: string }, outcome: Outcome, at: Date): Promise<void> {
  await transaction(async (db) => {
    if (outcome.ok) {
      if (await noteDelivered(db, channel.id, at))
        await say(db, 'channel.recovered', channel, 'delivers', `${channel.name} delivers again.`)
      return
    }
    const { code, detail } = outcome
    if (code === 'recipient' || code === 'rejected') return
    const least = FAILURES[code].again ? CHANNEL_FAILING_AFTER : 1
    if (await noteFailed(db, channel.id, { error: code, detail, at, least }))
      await say(db, 'channel.failed', channel, code, `${channel.name} does not deliver. ${FAILURES[code].says}`)
  })
}

async function say(
  db: Db,
  kind: 'channel.failed' | 'channel.recovered',
  { id, name }: { id: string; name: string },
  label: string,
  sentence: string,
): Promise<void> {
  await append(db, {
    ...{ kind, actor: 'system', about: { channel: id }, labels: [label] },
    ...{ subject: 'organisation', payload: { name }, projection: { sentence } },
  })
}
