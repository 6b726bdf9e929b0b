import { setTimeout as sleep } from 'node:timers/promises'
import { fault } from '@/lib/core/fault'
import type { JsonValue } from '@/lib/core/json'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledgerStatus } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import type { ExportQuery, Format } from './export'
import type { Scope } from './plan'
import { placeOf } from './store-export'

const WAIT_MS = 10_000

/** The checkpoint everything of an export is proven under. */
export type ExportHead = { size: number; root: Buffer; note: string }

/** What is recorded of an export before anything of it leaves, in the order in which a bundle's manifest repeats it. */
export type Begun = { entry: string; query: { text: string; from: string; to: string }; scope: Scope | null }

/**
 * Records that somebody takes something away, what, and how: before the first byte of it leaves. Where this cannot be written,
 * nothing leaves.
 * @throws Fault `cannot_record`
 */
export async function beginExport(
  db: Db,
  by: { id: string },
  format: Format,
  query: ExportQuery,
  scope: Scope | null,
  sample: number,
): Promise<Begun> {
  const said = { text: query.text, from: query.from.toISOString(), to: query.to.toISOString() }
  const { size, root } = await ledgerStatus(db)
  const { id } = await append(db, {
    kind: 'export.begun',
    actor: `person:${by.id}`,
    agent: query.whole?.agent?.id ?? null,
    labels: [format, ...(scope ? [scope.kind] : [])],
    payload: {
      query: said,
      scope: scope as JsonValue,
      ...(sample > 0 && { sample }),
      head: { size, root: root?.toString('base64') ?? null },
    },
    projection: { sentence: said.text === '' ? 'everything' : said.text },
  })
  return { entry: id, query: said, scope }
}

/** How an export ended: what really left. `whole` is false when it was broken off. */
export type Ended = { whole: boolean; entries: number; bytes: number; first: number | null; last: number | null }

/** Records how an export ended. */
export async function endExport(
  db: Db,
  by: { id: string },
  format: Format,
  begun: Begun,
  { whole, ...ended }: Ended,
): Promise<void> {
  await append(db, {
    kind: 'export.made',
    actor: `person:${by.id}`,
    about: { entry: begun.entry },
    labels: [format, whole ? 'whole' : 'cut_short'],
    payload: { query: begun.query, ...ended },
  })
}

/**
 * Waits until the entry of an export has its place under a signed checkpoint: the one all of the export is proven under.
 * @throws Fault `unavailable` when that takes longer than the ledger promises
 */
export async function headOver(sql: Sql, entryId: string): Promise<{ index: number; head: ExportHead }> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until; await sleep(40)) {
    const index = await placeOf(sql, entryId)
    const { size, root, checkpoint } = await ledgerStatus(sql)
    if (index !== null && index < size && root && checkpoint) return { index, head: { size, root, note: checkpoint } }
  }
  throw fault('unavailable', {
    detail: 'The ledger does not sign just now, so nothing can be proven. Look at its integrity page.',
  })
}
