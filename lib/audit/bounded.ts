import { fault, isFault } from '@/lib/core/fault'
import { db, type Db } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/generated/client'
import { query } from '@/lib/ledger/sql'

/** How long one statement of a screen may run. */
export const SCREEN_MS = 2_000

/**
 * Reads in one snapshot in which no statement runs longer than `ms`, however the query is written.
 * @throws Fault `too_slow`, which says how to ask for less
 */
export async function bounded<T>(
  read: (tx: Db) => Promise<T>,
  ms = SCREEN_MS,
  client: PrismaClient = db(),
): Promise<T> {
  try {
    return await client.$transaction(
      async (tx) => {
        await query(
          tx,
          "SELECT set_config('statement_timeout', $1, true), set_config('transaction_read_only', 'on', true)",
          [String(ms)],
        )
        return read(tx)
      },
      { isolationLevel: 'RepeatableRead', maxWait: 5_000, timeout: ms * 10 },
    )
  } catch (error) {
    if (!isFault(error) && isCancelled(error))
      throw fault('too_slow', {
        detail: 'This search takes too long: narrow the range of time, or name an agent.',
        cause: error,
      })
    throw error
  }
}

/** SQLSTATE 57014, as either driver wraps it; P2028 is a transaction that outlived its time. */
function isCancelled(error: unknown): boolean {
  const { code, meta, cause } = error as { code?: string; meta?: { code?: string }; cause?: { originalCode?: string } }
  if (code === '57014' || meta?.code === '57014' || cause?.originalCode === '57014' || code === 'P2028') return true
  return error instanceof Error && error.message.includes('57014')
}
