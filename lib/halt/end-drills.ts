import { verdictsGiven } from '@/lib/approvals/read'
import { db, transaction, type Db } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { append, prepareEntry } from '@/lib/ledger/append'
import { aboutHalt } from './about-halt'
import { isOver } from './drill'
import { type DrillReport, reportOf } from './drill-report'
import { noteDue } from './drills-due'
import { LIFT_MS } from './staged-lift'
import { findHalt } from './store'
import { findDrilled, findOpenDrills, insertEnded, lockDrills, tellDrill, type DrillRow } from './store-drill'

/**
 * Ends the drills that are over: everybody confirmed, or their time is up. A live one is lifted first, by the agreement of the two people
 * who signed it; then it is reported. Several replicas may try: the gate lifts once, and the report is written once.
 * @returns how many it ended
 */
export async function endDrills(now: Date): Promise<number> {
  let ended = 0
  for (const drill of await findOpenDrills(db())) {
    if (drill.begun_at === null) {
      if (now.getTime() > drill.asked_at.getTime() + LIFT_MS) ended += await lapse(drill)
      continue
    }
    const words = await findDrilled(db(), drill.id)
    const missing = words.filter(({ at }) => at === null).length
    if (!isOver(drill.begun_at, drill.window_ms, missing, now)) continue
    ended +=
      drill.kind === 'live' ? await endLive(drill, drill.begun_at, now) : await endRehearsal(drill, drill.begun_at, now)
  }
  return ended
}

/** Nobody signed it in time. */
async function lapse(drill: DrillRow): Promise<number> {
  return transaction(async (tx) => {
    await lockDrills(tx)
    const entry = await append(tx, {
      kind: 'drill.refused',
      actor: 'system',
      about: { approval: drill.approval_id, drill: drill.id, halt: drill.halt_id },
      labels: ['live', drill.scope, 'lapsed'],
    })
    return note(tx, drill, { outcome: 'lapsed', entryId: entry.id, report: null })
  }).catch(raced)
}

async function endRehearsal(drill: DrillRow, begunAt: Date, now: Date): Promise<number> {
  return transaction((tx) => report(tx, drill, begunAt, 'measured', now)).catch(raced)
}

async function endLive(drill: DrillRow, begunAt: Date, now: Date): Promise<number> {
  const halt = drill.halt_id === null ? null : await findHalt(pool('reserved'), drill.halt_id)
  if (halt === null) {
    // signed and never engaged: whoever did so was cut off. Only once its time is up, since it may still come.
    if (now.getTime() < begunAt.getTime() + drill.window_ms) return 0
    return transaction((tx) => report(tx, drill, begunAt, 'prevented', now)).catch(raced)
  }
  const since = halt.engaged_at
  if (halt.lifted_at === null && !isOver(since, drill.window_ms, await missingOf(drill.id), now)) return 0
  const lifted = halt.lifted_at !== null || (await liftDrill(drill, halt.id))
  return transaction((tx) => report(tx, drill, since, lifted ? 'measured' : 'kept', now)).catch(raced)
}

const missingOf = async (id: string) => (await findDrilled(db(), id)).filter(({ at }) => at === null).length

/** Lifts the halt of a live drill by what two people signed. @returns false where that is void: the halt stays, and takes two people anew */
async function liftDrill(
  { id, approval_id: approvalId, scope, asked_by: by }: DrillRow,
  haltId: string,
): Promise<boolean> {
  if (approvalId === null || by === null) return false
  const connections = pool('reserved')
  const [halt, given] = await Promise.all([findHalt(connections, haltId), verdictsGiven(db(), approvalId)])
  const about = halt === null ? { labels: [scope] } : aboutHalt(halt, 'all')
  const entry = await prepareEntry(connections, {
    kind: 'halt.lifted',
    actor: 'system',
    ...about,
    about: { approval: approvalId, drill: id, halt: haltId },
    labels: [...about.labels, 'drill'],
    verdicts: given.map(({ personId, answer }) => ({ person: personId, answer, capability: 'halt_lift' })),
    payload: { reasons: given.map((each) => ({ person: each.personId, reason: each.reason })) },
  })
  const applied = await applyChange(
    'halt.lift',
    { id: haltId, reason: 'The drill was measured.', by, approval: approvalId },
    { ...entry, projection: null },
    connections,
  )
  if (applied.applied) return true
  // another replica was first, or people were; else it is being lifted by stages, or was made real, and stays
  return (await findHalt(connections, haltId))?.lifted_at != null
}

/** Writes what was measured, once: the entry, its figures, and that the drill is over. */
async function report(
  tx: Db,
  drill: DrillRow,
  begunAt: Date,
  outcome: 'measured' | 'kept' | 'prevented',
  now: Date,
): Promise<number> {
  await lockDrills(tx)
  const said = outcome === 'prevented' ? null : reportOf(reported(drill), begunAt, await findDrilled(tx, drill.id), now)
  const entry = await append(tx, {
    kind: 'drill.ended',
    actor: 'system',
    about: { drill: drill.id, ...(drill.halt_id !== null && { halt: drill.halt_id }) },
    labels: [
      drill.kind,
      drill.scope,
      outcome,
      ...(said === null ? [] : [said.figures.met ? 'target_met' : 'target_missed']),
    ],
    ...(said !== null && { payload: said }),
  })
  return note(tx, drill, { outcome, entryId: entry.id, report: said })
}

const reported = ({ id, kind, scope, name, target_ms, window_ms }: DrillRow) => ({
  id,
  kind,
  scope,
  target: name,
  target_ms,
  window_ms,
})

/** Another replica noted its end first: everything of this transaction is undone. */
class Raced extends Error {}
const raced = (error: unknown): number => {
  if (error instanceof Raced) return 0
  throw error
}

async function note(
  tx: Db,
  drill: DrillRow,
  ended: { outcome: 'measured' | 'kept' | 'prevented' | 'lapsed'; entryId: string; report: DrillReport | null },
): Promise<number> {
  if (!(await insertEnded(tx, drill.id, ended))) throw new Raced()
  await noteDue(tx)
  await tellDrill(tx, drill.id)
  return 1
}
