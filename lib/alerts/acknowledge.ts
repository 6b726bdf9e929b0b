import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { notifyAlerts, setAcknowledged } from './store'

/**
 * Somebody looked at an alert and says what they made of it. It closes; the next occurrence opens a new one.
 * @throws Fault `not_found`; `already_decided` when somebody else acknowledged it first
 */
export async function acknowledge(db: Db, alertId: string, by: string, note: string, now: Date): Promise<void> {
  const alert = await db.alert.findUnique({ where: { id: alertId }, select: { agentId: true, kind: true } })
  if (!alert) throw fault('not_found', { detail: 'There is no such alert.' })
  if (!(await setAcknowledged(db, alertId, by, note, now))) {
    throw fault('already_decided', { detail: 'Somebody acknowledged this alert before you.' })
  }
  await append(db, {
    kind: 'alert.acknowledged',
    actor: `person:${by}`,
    agent: alert.agentId,
    about: { alert: alertId },
    labels: [alert.kind],
    ...(note !== '' && { payload: { note } }),
  })
  await notifyAlerts(db)
}
