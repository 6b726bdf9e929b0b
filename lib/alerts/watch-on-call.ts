import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledgerStatus } from '@/lib/ledger/read'
import { readRotaGaps } from '@/lib/people/read-rota'
import { ALERT_KINDS } from './alert'
import { notifyAlerts, openStanding } from './store'

const AHEAD_MS = 7 * 86_400_000

/**
 * Raises an alert where there is a rota and the week ahead has a time in which nobody is on call. One alert at a time; it comes again
 * as every other does. In the caller's transaction.
 * @returns whether one was raised
 */
export async function watchOnCall(db: Db, now: Date): Promise<boolean> {
  const [gap] = await readRotaGaps(db, now, new Date(now.getTime() + AHEAD_MS))
  if (gap === undefined) return false
  const { size } = await ledgerStatus(db)
  const [id, kind] = [newId(), 'on_call_gap' as const]
  const severity = ALERT_KINDS[kind].starts
  const says = `Nobody is on call from ${gap.from.toISOString()} until ${gap.until.toISOString()}.`
  if (!(await openStanding(db, { id, key: kind, kind, severity, says, index: BigInt(size) }, now))) return false
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
