import { newId } from '@/lib/core/ids'
import { fault } from '@/lib/core/fault'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import type { Actor } from '@/lib/people/actor'
import { deliver, DELIVERY_TIMEOUT_MS } from './deliver'
import { FAILURES, failure, type Outcome } from './failure'
import { testItem } from './item'
import { Poster } from './post'
import { openSecret } from './secret'
import { destinationOf } from './send'
import { streamRow } from './store'
import { streamCan } from './stream'

/**
 * Sends one test event now, beside the stream and marked as a test, and says what came of it. Where the stream stands does not
 * change. Not for a transaction: a receiver may take ten seconds.
 * @throws Fault `not_found`
 */
export async function testStream(
  db: Db,
  actor: Actor,
  id: string,
  hostname: string,
  now: Date,
): Promise<{ ok: boolean; says: string }> {
  const stream = await streamRow(db, id)
  if (stream === null || !streamCan('test', stream.state)) throw fault('not_found')
  const { keys, origin } = ledger()
  const secret = stream.secret === null ? null : openSecret(id, stream.secret, keys.payload)
  const poster = new Poster()
  let outcome: Outcome
  try {
    outcome =
      stream.secret !== null && secret === null
        ? failure('secret')
        : await deliver([testItem(newId(now.getTime()), now)], {
            ...{ streamId: id, destination: destinationOf(stream), secret, origin, hostname, now, poster },
            timeoutMs: DELIVERY_TIMEOUT_MS,
          })
  } finally {
    poster.close()
  }
  await transaction((tx) =>
    append(tx, {
      kind: 'stream.tested',
      actor: `person:${actor.id}`,
      about: { stream: id },
      labels: [outcome.ok ? 'delivered' : outcome.code],
    }),
  )
  if (outcome.ok) return { ok: true, says: 'The receiver took a test event.' }
  const { says, todo } = FAILURES[outcome.code]
  return {
    ok: false,
    says: `A test event did not arrive. ${says}${outcome.detail === null ? '' : ` (${outcome.detail})`} ${todo}`,
  }
}
