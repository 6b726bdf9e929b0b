import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { fastWords, type Pace } from '@/lib/decisions/attention'
import { rubberStamping } from '@/lib/decisions/read-attention'
import { append } from '@/lib/ledger/append'
import { ledgerStatus } from '@/lib/ledger/read'
import { ALERT_KINDS } from './alert'
import { notifyAlerts, openOnce } from './store'

/**
 * Raises what counts as rubber stamping (ADR 0035), once a calendar month for each person and each kind of question. What is said names no
 * person: everybody sees alerts, and who it is stands where cisos and auditors read it. Run it as often as wanted, on every server.
 * @returns how many were raised
 */
export async function watchAttention(db: Db, now: Date): Promise<number> {
  const { setting, people, gates } = await rubberStamping(db, now)
  const month = now.toISOString().slice(0, 7)
  const words = (pace: Pace) =>
    `In ${String(setting.days)} days ${fastWords(pace)}. Under Approvals, “Are they read?” says more.`
  const found = [
    ...people.map(({ id, pace }) => ({
      key: `rubber_stamping:${id}:${month}`,
      agentId: null,
      says: `One approver: ${words(pace)}`,
    })),
    ...gates.map(({ gate, pace }) => ({
      key: `rubber_stamping:${gate.key}:${month}`,
      agentId: gate.agentId,
      says: `One kind of question: ${words(pace)}`,
    })),
  ]
  let raised = 0
  for (const one of found) {
    const id = newId()
    const severity = ALERT_KINDS.rubber_stamping.starts
    const { size } = await ledgerStatus(db)
    if (!(await openOnce(db, { ...one, id, kind: 'rubber_stamping', severity, index: BigInt(size) }, now))) continue
    await append(db, {
      kind: 'alert.raised',
      actor: 'system',
      agent: one.agentId,
      about: { alert: id },
      labels: ['rubber_stamping', severity],
      payload: { says: one.says },
      projection: { sentence: one.says },
    })
    raised += 1
  }
  if (raised > 0) await notifyAlerts(db)
  return raised
}
