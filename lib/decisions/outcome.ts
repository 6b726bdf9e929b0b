import { sha256 } from '@/lib/core/canonical'
import { fault, isFault } from '@/lib/core/fault'
import type { JsonValue } from '@/lib/core/json'
import { db, transaction, type Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { LIMITS, type OutcomeInput } from '@/lib/decisions/contract'
import { recordRefusal } from '@/lib/decisions/refuse-grant'
import { findAction, lockAction, moveAction, takeTokens, type ActionRow } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'
import { countTokens, newTokensOfAction } from '@/lib/runs/tokens'

/**
 * Records how an action ended, in the caller's transaction. The grant proves that this agent was allowed it; one that was
 * consumed, has run out or died under a halt since still proves that. What happened is always recorded, a halt included.
 *
 * A grant never introspected is taken too: harnesses without an executor report directly. An outcome after its time (the
 * action then is *expired* or *unknown*, which are final) is recorded as an entry labelled `late`, and changes no state.
 * @throws Fault `not_found`, `grant_invalid` (another grant, or another agent's), `wrong_state`, `too_large`
 */
export async function recordOutcome(
  db: Db,
  agentId: string,
  actionId: string,
  outcome: OutcomeInput,
  now: Date,
): Promise<void> {
  const action = await lockAction(db, actionId)
  if (action !== null && action.agent_id === agentId && !isGrantOf(action, outcome.grant))
    throw fault('grant_invalid', { field: 'grant', detail: 'This is not the grant of this action.' })
  await writeOutcome(db, action, agentId, outcome, now)
}

/**
 * Writes an outcome of a locked action whose agent has proven that it was allowed it.
 * @throws Fault `not_found`, `wrong_state`, `too_large`
 */
export async function writeOutcome(
  db: Db,
  action: ActionRow | null,
  agentId: string,
  outcome: Omit<OutcomeInput, 'grant'>,
  now: Date,
): Promise<void> {
  const { status, output, error, duration_ms: duration, tokens_used: tokens = 0 } = outcome
  if (output !== undefined && Buffer.byteLength(JSON.stringify(output)) > LIMITS.outputBytes) {
    throw fault('too_large', {
      field: 'output',
      detail: `An output is at most ${LIMITS.outputBytes} bytes. Report a part of it, or where it is.`,
    })
  }
  if (action === null || action.agent_id !== agentId)
    throw fault('not_found', { detail: 'This agent has no such action.' })
  const actionId = action.id
  const late = action.status === 'expired' || action.status === 'unknown'
  if (!late && !['allowed', 'approved', 'claimed'].includes(action.status)) {
    throw fault('wrong_state', { detail: `Its outcome was reported already: ${action.status}.` })
  }
  if (!late) await moveAction(db, actionId, status, now, true)
  if (tokens > 0 && (await takeTokens(db, actionId, tokens)))
    await countTokens(db, agentId, await newTokensOfAction(db, action.run_id, tokens))
  await append(db, {
    kind: 'action.completed',
    actor: 'agent',
    ...aboutAction(action),
    outcome: status,
    ...(late && { labels: ['late'] }),
    payload: {
      output: (output ?? null) as JsonValue, // what the strict parser made
      error: error ?? null,
      duration_ms: duration ?? null,
      ...(tokens > 0 && { tokens_used: tokens }),
    },
  })
}

const isGrantOf = ({ grant_hash: hash }: ActionRow, grant: string): boolean =>
  hash !== null && sha256(grant).equals(hash)

/**
 * `recordOutcome` in a transaction of its own; a grant that is not this action's is recorded as a refusal before it is answered.
 * @throws Fault as `recordOutcome` does
 */
export async function recordOutcomeOrRefusal(
  agentId: string,
  actionId: string,
  outcome: OutcomeInput,
  now: Date,
): Promise<void> {
  try {
    await transaction((db) => recordOutcome(db, agentId, actionId, outcome, now))
  } catch (error) {
    if (
      isFault(error) &&
      (error.code === 'grant_invalid' || error.code === 'wrong_state' || error.code === 'not_found')
    ) {
      const action = await findAction(db(), actionId)
      if (action !== null && action.agent_id !== agentId) await recordRefusal(action, 'foreign', 'outcome', agentId)
      else if (action !== null)
        await recordRefusal(action, error.code === 'wrong_state' ? 'used' : 'mismatch', 'outcome')
    }
    throw error
  }
}
