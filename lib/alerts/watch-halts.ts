import { newId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { Db } from '@/lib/db/client'
import type { HaltView } from '@/lib/halt/read'
import { noteReminded, readToLookAgain } from '@/lib/halt/read-look-again'
import { append } from '@/lib/ledger/append'
import { ledgerStatus } from '@/lib/ledger/read'
import { queryOne } from '@/lib/ledger/sql'
import { ALERT_KINDS } from './alert'
import { notifyAlerts, openTerm, sayAlert, updateAlert } from './store'

/**
 * Reminds people of halts that somebody wanted looked at again by now: an alert, told to whoever is on call and to who engaged it, and again
 * each day until it is lifted. It lifts nothing. In the caller's transaction; of several replicas one does it.
 * @returns how many halts people were reminded of
 */
export async function watchHalts(db: Db, now: Date): Promise<number> {
  const mine = await queryOne<{ got: boolean }>(
    db,
    `SELECT pg_try_advisory_xact_lock(hashtextextended('watch halts', 0)) AS got`,
  )
  if (mine?.got !== true) return 0
  const due = await readToLookAgain(db, now)
  for (const halt of due) await remindOf(db, halt, now)
  if (due.length > 0) await notifyAlerts(db)
  return due.length
}

async function remindOf(db: Db, halt: HaltView & { until: Date }, now: Date): Promise<void> {
  const kind = 'halt_look_again' as const
  const { size } = await ledgerStatus(db)
  const found = { id: newId(), key: `${kind}:${halt.haltId}`, kind, severity: ALERT_KINDS[kind].starts, agentId: null }
  const { alert, opened } = await openTerm(db, found, BigInt(size), now)
  await updateAlert(db, alert.id, { count: alert.count + 1, lastAt: now })
  const who = halt.engagedBy?.name ?? 'A rule of Countersign'
  const says = `${who} engaged a halt of ${of(halt)} at ${halt.engagedAt.toISOString()}, to be looked at again by ${halt.until.toISOString()}. It is still in force, and goes on until two people lift it: ${paths.haltOf(halt.id)}`
  await sayAlert(db, alert.id, says)
  await noteReminded(db, halt.haltId, now, alert.id)
  await append(db, {
    kind: opened ? 'alert.raised' : 'alert.escalated',
    actor: 'system',
    // who engaged it is told beside those on call
    about: { alert: alert.id, halt: halt.haltId, person: halt.engagedBy?.id ?? null },
    labels: [kind, alert.severity],
    payload: { says },
    projection: { sentence: says },
  })
}

function of({ scope, name, agent, run }: HaltView): string {
  if (scope === 'organisation') return 'the whole organisation'
  return scope === 'run' ? `run ${run ?? ''} of ${agent ?? 'an agent'}` : `${scope} ${name ?? ''}`
}
