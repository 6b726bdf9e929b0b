import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { louder, reminderDue } from './alert'
import { lockUnacknowledged, notifyAlerts, updateAlert } from './store'

/**
 * Lets alerts that nobody acknowledged come again, one step louder each time: silence escalates. Run it every minute.
 * @returns how many came again
 */
export async function remind(db: Db, now: Date): Promise<number> {
  let reminded = 0
  for (const alert of await lockUnacknowledged(db)) {
    const last = alert.remindedAt && alert.remindedAt > alert.lastAt ? alert.remindedAt : alert.lastAt
    if (!reminderDue(now.getTime() - alert.firstAt.getTime(), now.getTime() - last.getTime())) continue
    const severity = louder(alert.severity)
    const escalated = severity !== alert.severity
    await updateAlert(db, alert.id, { remindedAt: now, severity, ...(escalated && { escalatedAt: now }) })
    await append(db, {
      kind: 'alert.escalated',
      actor: 'system',
      agent: alert.agentId,
      about: { alert: alert.id },
      labels: [alert.kind, severity, 'unacknowledged'],
    })
    reminded++
  }
  if (reminded > 0) await notifyAlerts(db)
  return reminded
}
