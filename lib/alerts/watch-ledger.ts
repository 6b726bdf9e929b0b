import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { readHolders } from '@/lib/ledger/holders'
import { ledgerStatus } from '@/lib/ledger/read'
import { lastVerification } from '@/lib/ledger/verification'
import { ALERT_KINDS } from './alert'
import { ledgerTroubles } from './ledger-health'
import { notifyAlerts, openStanding } from './store'

/**
 * Raises what there is to raise about the ledger itself. Not by tailing it: what is wrong may be that nothing gets an index, and then
 * whoever tails hears nothing. Run it every minute. An open alert stays one; it comes again as every other does (`remind`).
 * @returns how many were raised
 */
export async function watchLedger(db: Db, now: Date): Promise<number> {
  const [{ size, waitingSince }, holders] = [await ledgerStatus(db), await readHolders(db)]
  const finding = (await lastVerification(db))?.finding ?? null
  let raised = 0
  for (const { kind, key, says } of ledgerTroubles({ size, waitingSince, holders, finding }, now)) {
    const severity = ALERT_KINDS[kind].starts
    const id = newId()
    if (!(await openStanding(db, { id, key, kind, severity, says, index: BigInt(size) }, now))) continue
    await append(db, {
      kind: 'alert.raised',
      actor: 'system',
      about: { alert: id },
      labels: [kind, severity],
      payload: { says },
      projection: { sentence: says },
    })
    raised += 1
  }
  if (raised > 0) await notifyAlerts(db)
  return raised
}
