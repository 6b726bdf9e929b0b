import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { readDrillCalendar } from '@/lib/halt/read-drills'
import { append } from '@/lib/ledger/append'
import { ledgerStatus } from '@/lib/ledger/read'
import { ALERT_KINDS } from './alert'
import { notifyAlerts, openOnce } from './store'

/**
 * Reminds of a drill that is due (C33): one alert for each due moment, which comes again, and louder, as every other does. In the caller's transaction.
 * @returns whether one was raised
 */
export async function watchDrills(db: Db, now: Date): Promise<boolean> {
  const { dueAt, standing } = await readDrillCalendar(db, now, 1)
  if (dueAt === null || standing === 'later') return false
  const { size } = await ledgerStatus(db)
  const [id, kind] = [newId(), 'drill_due' as const]
  const severity = ALERT_KINDS[kind].starts
  const says = `A drill of the kill switch was due at ${dueAt.toISOString()}.`
  const key = `${kind}:${dueAt.toISOString()}`
  if (!(await openOnce(db, { id, key, kind, severity, agentId: null, says, index: BigInt(size) }, now))) return false
  await append(db, {
    kind: 'alert.raised',
    actor: 'system',
    about: { alert: id },
    labels: [kind, severity],
    payload: { says },
    projection: { sentence: says },
  })
  await notifyAlerts(db)
  return true
}
