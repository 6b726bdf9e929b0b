import { fault } from '@/lib/core/fault'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { findDrill, insertConfirmation, insertForeign, isDrilled, tellDrill } from './store-drill'

/** `confirmed`: its word counts, now or before. `foreign`: the drill is not this agent's, which is recorded. `unknown`: there is none. */
export type DrillConfirmed = 'confirmed' | 'foreign' | 'unknown'

/**
 * An agent confirms a rehearsal as it would a halt, in the caller's transaction. Only the agent itself may; saying so again changes nothing. That another's was
 * confirmed is recorded, once for each agent and drill, so the answer is no error here: whoever calls refuses after the commit.
 */
export async function confirmDrill(
  db: Db,
  agentId: string,
  drillId: string,
  runs: readonly string[],
): Promise<DrillConfirmed> {
  const drill = await findDrill(db, drillId)
  if (drill === null || drill.kind !== 'rehearsal' || drill.begun_at === null) return 'unknown'
  if (!(await isDrilled(db, drillId, agentId))) {
    if (await insertForeign(db, drillId, agentId))
      await append(db, {
        kind: 'drill.confirmation_refused',
        actor: 'agent',
        agent: agentId,
        about: { drill: drillId },
        labels: ['not_in_scope'],
      })
    return 'foreign'
  }
  if (!(await insertConfirmation(db, drillId, agentId, runs))) return 'confirmed'
  await append(db, {
    kind: 'drill.confirmed',
    actor: 'agent',
    agent: agentId,
    about: { drill: drillId },
    ...(drill.ended_at !== null && { labels: ['late'] }),
    ...(runs.length > 0 && { payload: { runs: [...runs] } }),
  })
  await tellDrill(db, drillId)
  return 'confirmed'
}

/**
 * As `confirmDrill`, in a transaction of its own: what it refuses is on record before it is answered.
 * @throws Fault `not_found` where there is no such rehearsal, `not_permitted` for that of another agent
 */
export async function confirmDrillOrRefuse(agentId: string, drillId: string, runs: readonly string[]): Promise<void> {
  const said = await transaction((tx) => confirmDrill(tx, agentId, drillId, runs))
  if (said === 'unknown') throw fault('not_found', { detail: 'There is no such rehearsal.' })
  if (said === 'foreign')
    throw fault('not_permitted', {
      detail: 'This drill is not for this agent: its confirmation counts for nothing, and is recorded.',
    })
}
