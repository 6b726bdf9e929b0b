import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { StreamRow } from './store'

/** Records what Countersign itself found out about a stream, with the sentence that lists show. */
export async function say(
  db: Db,
  kind: 'stream.failed' | 'stream.lagged' | 'stream.recovered',
  stream: Pick<StreamRow, 'id' | 'name'>,
  label: string,
  sentence: string,
): Promise<void> {
  await append(db, {
    kind,
    actor: 'system',
    about: { stream: stream.id },
    labels: [label],
    subject: 'organisation',
    payload: { name: stream.name },
    projection: { sentence },
  })
}
