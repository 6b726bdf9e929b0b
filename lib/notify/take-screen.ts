import type { Db } from '@/lib/db/client'
import { newId, parsePublicId, publicId } from '@/lib/core/ids'
import { plainLine } from './message'
import { readMessages } from './read-messages'
import { settle, settleShown, takeForScreen } from './store-notification'

/** A notification for a screen: two lines of plain text and where it leads. */
export type OnScreen = { id: string; title: string; body: string; path: string; tag: string }

const MOST = 5
/** A screen that took something and did not say that it showed it within this time leaves it to the next. */
const LEASE_MS = 20_000

/** Takes what waits for one person's open screen, the oldest first. What is over is not shown any more. */
export async function takeScreen(db: Db, personId: string, now: Date): Promise<{ notifications: OnScreen[] }> {
  const taker = { id: newId(now.getTime()), leaseMs: LEASE_MS }
  const said = await readMessages(db, await takeForScreen(db, taker, personId, MOST), now)
  const over = said.flatMap((one) => ('over' in one ? [one] : []))
  for (const { row, over: why } of over) await settle(db, taker, [row.id], { state: 'suppressed', why }, now)
  const notifications = said.flatMap((one): OnScreen[] => {
    if (!('message' in one)) return []
    const { title, lines, path } = one.message
    const body = lines.map(({ label, words }) => `${label}: ${plainLine(words)}`).join('\n')
    return [{ id: publicId('notification', one.row.id), title: plainLine(title), body, path, tag: one.row.thread }]
  })
  return { notifications }
}

/** A screen says what it showed. */
export async function markShown(
  db: Db,
  personId: string,
  ids: readonly string[],
  now: Date,
): Promise<{ shown: number }> {
  const bare = ids.map((id) => parsePublicId('notification', id, 'ids'))
  return { shown: await settleShown(db, personId, bare, now) }
}
