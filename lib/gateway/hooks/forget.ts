import type { Sql } from '@/lib/ledger/sql'
import { deleteCalls } from './store-call'

const FORGOTTEN_AFTER_MS = 7 * 86_400_000

/** Forgets which calls were let through a week ago: nobody reports on those any more. Their actions and entries stay. */
export function forgetCalls(sql: Sql, now: Date): Promise<void> {
  return deleteCalls(sql, new Date(now.getTime() - FORGOTTEN_AFTER_MS))
}
