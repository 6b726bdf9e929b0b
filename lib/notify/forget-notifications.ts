import type { Sql } from '@/lib/ledger/sql'
import { SCREEN_MS } from './notification'
import { dropUnseen, forgetSettled } from './store-notification'

/** How long it can be seen that a message was sent. */
const KEPT_MS = 30 * 86_400_000

/** Gives up what no screen took in time, and forgets what was settled a month ago. Run it every few minutes. */
export async function forgetNotifications(sql: Sql, now: Date): Promise<void> {
  await dropUnseen(sql, new Date(now.getTime() - SCREEN_MS), now)
  await forgetSettled(sql, new Date(now.getTime() - KEPT_MS))
}
