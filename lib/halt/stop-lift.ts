import { fault, isFault } from '@/lib/core/fault'
import { applyChange, type Applied } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { aboutHalt } from './about-halt'
import { recordingRefusals } from './lift-refused'
import { stopUnrecorded } from './stop-unrecorded'
import { findHalt, type HaltRow } from './store'

type Stop = { haltId: string; actor: Actor; reason: string; now: Date }

/**
 * Ends a lift half way (ADR 0042): what its stages let go is halted again, under lock K, and what was granted to it meanwhile is dead. One
 * person does it, as one engages, and as surely (ADR 0041): it uses the reserved connections alone, waits for nobody's row, and where its entry
 * cannot be written it holds without it. Requests for the next stage end with it.
 * @throws Fault `not_found`, `wrong_state` when nothing of it was let go, `unavailable` when the gate could not be had
 */
export async function stopLift(request: Stop): Promise<void> {
  await recordingRefusals(request, async () => {
    const halt = await findHalt(pool('reserved'), request.haltId)
    if (halt === null) throw fault('not_found', { detail: 'There is no such halt.' })
    if (halt.lifted_at !== null) throw fault('wrong_state', { detail: 'This halt was lifted already: engage another.' })
    if (halt.stage === null) throw fault('wrong_state', { detail: 'All of it is in force: nothing of it was let go.' })
    const applied = await stop(halt, halt.stage, request)
    if (!applied.applied) throw fault(applied.refused)
  })
}

async function stop(halt: HaltRow, stage: 'agent' | 'team', { haltId, actor, reason }: Stop): Promise<Applied> {
  const connections = pool('reserved')
  const change = { id: haltId, by: actor.id }
  try {
    const entry = await prepareEntry(connections, {
      kind: 'halt.lift_stopped',
      actor: `person:${actor.id}`,
      ...aboutHalt(halt, stage),
      about: { halt: haltId },
      ...(reason !== '' && { payload: { reason } }),
    })
    return await applyChange('halt.stop', change, { ...entry, projection: null }, connections)
  } catch (error) {
    if (isFault(error) && error.code !== 'unavailable' && error.code !== 'cannot_record') throw error
    console.error('a lift is stopped without its entry, which follows:', error)
    return stopUnrecorded({ ...change, reason }, connections)
  }
}
