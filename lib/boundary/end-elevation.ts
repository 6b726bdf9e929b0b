import { fault } from '@/lib/core/fault'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { applyChange, changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { findElevation, overdueElevations, type ElevationRow } from './store-elevation'

/**
 * Ends an elevation before its time, alone and at once, also for runs that go on: what was allowed under it and has not begun is dead.
 * Takes lock K, so it is given a database and no transaction.
 * @throws Fault `not_found`, `wrong_state` when it was not granted or has ended
 */
export async function endElevation(
  db: Db,
  person: { id: string },
  id: string,
  reason: string,
  now: Date,
): Promise<{ slug: string }> {
  const found = await findElevation(db, id)
  if (found === null) throw fault('not_found')
  if (found.endsAt === null || found.endedAt !== null || found.endsAt <= now)
    throw fault('wrong_state', { detail: 'It has ended already, or was never granted.' })
  const said = redactText(reason).text
  const entry = await prepareEntry(db, { ...about(found), actor: `person:${person.id}`, payload: { reason: said } })
  await changeOrRefuse('elevation.end', { id, by: person.id, reason: said }, entry)
  return { slug: found.slug }
}

/** Writes the end of every elevation whose time is over into the record. They granted nothing since: `evaluate` compares the time. */
export async function recordEndedElevations(db: Db, most = 100): Promise<number> {
  let ended = 0
  for (const id of await overdueElevations(db, most)) {
    const found = await findElevation(db, id)
    if (found === null) continue
    const entry = await prepareEntry(db, { ...about(found), actor: 'system', labels: ['its_time_was_over'] })
    // another replica may have written it in between: then there is nothing to do
    const answer = await applyChange('elevation.end', { id, by: null, reason: '' }, entry)
    if (answer.applied) ended += 1
  }
  return ended
}

const about = (found: ElevationRow) => ({
  kind: 'elevation.ended' as const,
  agent: found.agentId,
  owner: found.ownerId,
  about: { elevation: found.id },
})
