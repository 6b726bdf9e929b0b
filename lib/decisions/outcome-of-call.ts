import type { Db } from '@/lib/db/client'
import type { OutcomeInput } from '@/lib/decisions/contract'
import { writeOutcome } from '@/lib/decisions/outcome'
import { lockAction } from '@/lib/decisions/store-actions'

/**
 * Records how an action ended whose grant never left the server: a hook let its call through, and reports by the call (ADR 0045). Which action
 * that was is known here, and by nobody else's word.
 * @throws Fault `not_found`, `wrong_state` (it was reported before), `too_large`
 */
export async function recordOutcomeOfCall(
  db: Db,
  agentId: string,
  actionId: string,
  outcome: Omit<OutcomeInput, 'grant'>,
  now: Date,
): Promise<void> {
  await writeOutcome(db, await lockAction(db, actionId), agentId, outcome, now)
}
