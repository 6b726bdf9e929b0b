import type { WatchRule } from '@/lib/boundary/boundary'
import { watchText } from '@/lib/boundary/watch'
import { idTime, newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ALERT_KINDS, loudest } from './alert'
import { addOccurrences, sayAlert, updateAlert } from './store'
import { hasFired, insertFiring, type WatchedAgent } from './store-watch'
import { firingReason, type Tally } from './watch'

/** Entries behind one firing that are kept with its alert; the newest of them. */
const MOST_SHOWN = 100

/** A rule that came true, its place in the document, and the entries that made it, oldest first. */
export type CameTrue = { agent: WatchedAgent; rule: WatchRule; place: number; entries: Tally }

/**
 * Writes that a watch rule came true: the firing and its alert, with the entries behind it. The halt follows once this is committed
 * (`engageFired`), so that no transaction ever takes lock K.
 * @returns false when it had come true for this very entry before
 */
export async function fire(db: Db, { agent, rule, place, entries }: CameTrue): Promise<boolean> {
  const last = entries.at(-1)
  if (last === undefined) return false
  const { agentId, ownerId, version } = agent
  const text = watchText(rule)
  const [index, entryId] = last
  if (await hasFired(db, agentId, text, index)) return false
  const kind = rule.then === 'halt' ? 'watch_halted' : 'watch_noticed'
  const severity = ALERT_KINDS[kind].starts
  const key = `${kind}:${agentId}:${text}`
  const shown = entries
    .slice(-MOST_SHOWN)
    .map(([at, id]) => ({ index: BigInt(at), entryId: id, at: new Date(idTime(id)) }))
  const { alert, opened } = await addOccurrences(db, { id: newId(), key, kind, severity, agentId }, shown)
  const says = firingReason(rule, place, version)
  const at = new Date(idTime(entryId))
  const firing = {
    id: newId(),
    agentId,
    alertId: alert.id,
    version,
    place,
    rule: text,
    follows: rule.then,
    reason: says,
    index,
    entryId,
    at,
  }
  await insertFiring(db, firing)
  await updateAlert(db, alert.id, { count: alert.count + 1, lastAt: at, severity: loudest(alert.severity, severity) })
  await sayAlert(db, alert.id, says)
  if (opened)
    await append(db, {
      kind: 'alert.raised',
      actor: 'system',
      agent: agentId,
      owner: ownerId,
      rule: `watch[${place}]`,
      about: { alert: alert.id, entry: entryId },
      labels: [kind, severity],
      payload: { says },
      projection: { sentence: says },
    })
  return true
}
