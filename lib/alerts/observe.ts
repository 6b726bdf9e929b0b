import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { alertFor, loudest, severityOf, type Observed } from './alert'
import { addOccurrence, countedInWindow, updateAlert } from './store'

/** An entry of the log, as the tail hands it on. */
export type ObservedEntry = Observed & { index: bigint; entryId: string; at: Date }

/**
 * Raises or extends the alert that an entry calls for, in the transaction that also moves the tail's cursor: each entry counts
 * once, whatever crashes. Writes `alert.raised` for a new alert and `alert.escalated` when repeats made it louder.
 * @returns whether an alert was raised or extended
 */
export async function observe(db: Db, entry: ObservedEntry): Promise<boolean> {
  const called = alertFor(entry)
  if (!called) return false
  if (called.once !== undefined && (await countedInWindow(db, called.key, called.once, entry.at))) return false
  const severity = severityOf(called.kind, 1)
  const { alert, opened, fresh } = await addOccurrence(db, { ...called, id: newId(), severity }, entry)
  if (!fresh) return false
  const count = alert.count + 1
  const now = loudest(alert.severity, severityOf(alert.kind, count))
  const escalated = now !== alert.severity
  await updateAlert(db, alert.id, {
    count,
    lastAt: entry.at,
    severity: now,
    ...(escalated && { escalatedAt: entry.at }),
  })
  if (opened)
    await append(db, {
      kind: 'alert.raised',
      actor: 'system',
      agent: called.agentId,
      about: { alert: alert.id, entry: entry.entryId },
      labels: [called.kind, now],
    })
  else if (escalated)
    await append(db, {
      kind: 'alert.escalated',
      actor: 'system',
      agent: called.agentId,
      about: { alert: alert.id, entry: entry.entryId },
      labels: [called.kind, now, 'repeated'],
    })
  return true
}
