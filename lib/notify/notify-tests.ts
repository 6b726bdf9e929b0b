import { escalationsOf } from '@/lib/approvals/escalation'
import { readSeatRule } from '@/lib/approvals/seat'
import { tellStep } from '@/lib/approvals/tell-escalation'
import type { Db } from '@/lib/db/client'
import { callsOf, type Call, type Told } from './call'
import { notifyOf } from './notify-of'
import { approvalThings, waitingTests, type ApprovalThing } from './store-things'

/**
 * Tells whoever may answer a test request what they would be told of an action (ADR 0035), in the transaction it is given: that it waits, and each
 * step of its rule that is due, once. No entry says which request is a test, so nothing that follows the log can; a request nobody was told of would
 * be one.
 * @param opened the bare ids of approvals that were just opened
 */
export async function notifyTests(db: Db, opened: readonly string[], now: Date): Promise<void> {
  const calls: Call[] = []
  for (const thing of await approvalThings(db, await waitingTests(db, now))) {
    if (opened.includes(thing.id)) calls.push(...toldOf(thing, { kind: 'action.decided', outcome: 'hold' }))
    for (const { step, at } of escalationsOf(readSeatRule(thing.rule), thing))
      if (at <= now && (await tellStep(db, thing.id, step, now)))
        calls.push(...toldOf(thing, { kind: 'approval.escalated' }))
  }
  await notifyOf(db, calls, now)
}

/** To those who may answer alone: whoever else an entry concerns could not open it. */
function toldOf(thing: ApprovalThing, entry: Pick<Told, 'kind' | 'outcome'>): Call[] {
  const { id, agentId, ownerId, heldBy, reason } = thing
  const told: Told = {
    ...entry,
    actor: 'system',
    agent: agentId,
    owner: ownerId,
    rule: heldBy,
    reason,
    about: { approval: id },
  }
  return callsOf(told)
    .filter(({ to }) => to === 'seats' || to === 'escalated')
    .map((call) => ({ ...call, to: 'seats' as const }))
}
