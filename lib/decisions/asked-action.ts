import { approvalFacts } from '@/lib/approvals/read'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { runTimesOf, type ActionRow, type findAction } from '@/lib/decisions/store-actions'
import { findPlanted } from '@/lib/decisions/store-planted'
import { signedSince } from '@/lib/decisions/store-waiting'
import { runOver } from '@/lib/runs/run'

/**
 * The action that an approval asks about, where it can be answered at all.
 * @param find with a lock for a verdict, without one for its challenge
 * @param frozenToo also what a halt has frozen: only for rejecting it
 * @throws Fault `not_found`, `frozen`, `wrong_state` where its run is over or its boundary or the baseline has changed since
 */
export async function askedAction(
  db: Db,
  approvalId: string,
  find: typeof findAction,
  now: Date,
  frozenToo = false,
): Promise<ActionRow> {
  const known = await approvalFacts(db, approvalId)
  // what looks like an action and is none is answered as one (ADR 0035)
  const action =
    known?.kind === 'test'
      ? await findPlanted(db, known.id)
      : known?.kind === 'action'
        ? await find(db, known.subjectId)
        : null
  if (action === null) throw fault('not_found', { detail: 'There is no such approval.' })
  if (action.frozen && !frozenToo)
    throw fault('frozen', { detail: 'A halt is in force: nothing is decided until two people lift it.' })
  const over = runOver(runTimesOf(action), now)
  if (over !== null)
    throw fault('wrong_state', {
      detail: `${over === 'run_ended' ? 'The agent has ended its run' : 'The lease of its run lapsed and the agent did not come back'}, so it is withdrawn.`,
    })
  const since = action.planted === true ? null : await signedSince(db, action.id)
  if (since !== null)
    throw fault('wrong_state', {
      detail: `Since it was asked, ${since} has been signed. Its agent has to ask again under that.`,
    })
  return action
}
