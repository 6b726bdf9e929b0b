import type { SimulateInput } from './contract'
import { versionOf } from '@/lib/boundary/read'
import { asBoundary, type Governed } from '@/lib/boundary/subject'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { cancelOpen, countOpen, findSimulation, insertSimulation } from './store'

const DAY_MS = 86_400_000
/** Each reads much: nobody needs more at a time. */
const MOST_OPEN = 3

/**
 * Asks for a version to be tried on its agent's past. It is worked on beside the requests, whoever watches; its result is recorded
 * then (`boundary.simulated`).
 * @throws Fault `not_found`; `wrong_state` where it is the baseline, which has no past of its own; `too_many_requests`
 */
export async function askSimulation(
  db: Db,
  person: { id: string },
  of: Governed | null,
  version: number,
  { days }: SimulateInput,
  now: Date,
): Promise<{ id: string }> {
  const found = await versionOf(db, of, version)
  if (of === null || asBoundary(found.document) === null)
    throw fault('wrong_state', { detail: 'The baseline binds every agent: try the boundary of one of them.' })
  if ((await countOpen(db, person.id)) >= MOST_OPEN)
    throw fault('too_many_requests', { detail: 'You have three of these running. Wait for one, or cancel one.' })
  const id = newId(now.getTime())
  const since = new Date(now.getTime() - days * DAY_MS)
  const digest = Buffer.from(found.digest)
  await insertSimulation(db, {
    ...{ id, agentId: of.id, boundaryId: found.id, digest, personId: person.id },
    ...{ since, until: now },
  })
  return { id }
}

/**
 * Ends one that waits or runs; nothing of it is kept.
 * @throws Fault `not_found` also for those of somebody else; `wrong_state` when it has ended
 */
export async function cancelSimulation(db: Db, person: { id: string }, id: string, now: Date): Promise<{ id: string }> {
  const found = await findSimulation(db, id)
  if (found?.person_id !== person.id) throw fault('not_found')
  if (!(await cancelOpen(db, id, now))) throw fault('wrong_state', { detail: 'It has ended already.' })
  return { id }
}
