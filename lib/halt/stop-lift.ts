import { closeApproval } from '@/lib/approvals/close'
import { newestApprovalAbout } from '@/lib/approvals/read'
import { fault } from '@/lib/core/fault'
import { transaction } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { aboutHalt } from './about-halt'
import { recordingRefusals } from './lift-refused'
import { findHalt } from './store'

/**
 * Ends a lift half way (ADR 0042): what its stages let go is halted again, under lock K, and what was granted to it meanwhile is dead. One
 * person does it, as one engages. A request for the next stage ends with it.
 * @throws Fault `not_found`, `wrong_state` when nothing of it was let go
 */
export async function stopLift(request: { haltId: string; actor: Actor; reason: string; now: Date }): Promise<void> {
  const { haltId, actor, reason, now } = request
  await recordingRefusals(request, async () => {
    const connections = pool('reserved')
    const halt = await findHalt(connections, haltId)
    if (halt === null) throw fault('not_found', { detail: 'There is no such halt.' })
    if (halt.lifted_at !== null) throw fault('wrong_state', { detail: 'This halt was lifted already: engage another.' })
    if (halt.stage === null) throw fault('wrong_state', { detail: 'All of it is in force: nothing of it was let go.' })
    const entry = await prepareEntry(connections, {
      kind: 'halt.lift_stopped',
      actor: `person:${actor.id}`,
      ...aboutHalt(halt, halt.stage),
      about: { halt: haltId },
      ...(reason !== '' && { payload: { reason } }),
    })
    const change = { id: haltId, by: actor.id }
    const applied = await applyChange('halt.stop', change, { ...entry, projection: null }, connections)
    if (!applied.applied) throw fault(applied.refused)
  })
  await transaction(async (tx) => {
    const open = await newestApprovalAbout(tx, 'halt_lift', haltId)
    if (open?.status === 'pending') await closeApproval(tx, open.id, 'superseded', now)
  })
}
