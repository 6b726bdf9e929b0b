import type pg from 'pg'
import { append } from '@/lib/ledger/append'
import { within } from '@/lib/ledger/erase'
import { deleteExpired, markApplied, retentionRows, type RetentionRow } from '@/lib/ledger/store-payload'

const BATCH = 5_000
const DAY_MS = 86_400_000

/**
 * Lets go of payloads whose class has had its days. Each batch commits with the entry that names its class, time and count, so that a
 * payload is never gone without an entry that says why. Legal holds are passed over.
 * @returns how many payloads are gone
 */
export async function applyRetention(jobs: pg.Pool, now: Date, batch: number = BATCH): Promise<number> {
  let all = 0
  for (const row of await retentionRows(jobs)) {
    for (;;) {
      const gone = await within(jobs, (client) => applyOnce(client, row, now, batch))
      all += gone
      if (gone < batch) break
    }
  }
  return all
}

async function applyOnce(client: pg.ClientBase, row: RetentionRow, now: Date, batch: number): Promise<number> {
  const until = new Date(Math.floor((now.getTime() - row.days * DAY_MS) / DAY_MS) * DAY_MS)
  const { count, from } = await deleteExpired(client, row.class, until, batch)
  if (count > 0) {
    // An entry is recorded up to some seconds after the moment in its id.
    const begin = new Date((from ?? until).getTime() - 10_000)
    await append(client, {
      kind: 'retention.applied',
      actor: 'system',
      retention: { class: row.class, count, from: begin.toISOString(), until: until.toISOString() },
    })
  }
  if (count < batch) await markApplied(client, row.class, until)
  return count
}
