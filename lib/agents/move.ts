import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import type { EntryKind } from '@/lib/ledger/entry-kinds'
import { AGENT_MOVES, canMove, missingData, type AgentMove } from './agent'
import type { AgentRow } from './store'

/** Moves that must say why: what was stopped is not started again, and nothing is stopped for good, without a word. */
const NEEDS_REASON: ReadonlySet<AgentMove> = new Set(['suspend', 'resume', 'retire'])

/**
 * Activates, suspends, resumes or retires an agent. Suspending and retiring kill every unused grant; retiring revokes every
 * credential, for good. Takes lock K, so it is given a database and no transaction.
 * @throws Fault `wrong_state` when it is (or meanwhile got) in another state, `invalid_request` without a reason or, on
 *   activating, without an owner or with data handling nobody accepted
 */
export async function move(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  wanted: AgentMove,
  reason: string,
): Promise<void> {
  if (!canMove(agent.state, wanted))
    throw fault('wrong_state', {
      detail: `${agent.slug} is ${agent.state}, so it cannot be ${AGENT_MOVES[wanted].participle}.`,
    })
  if (NEEDS_REASON.has(wanted) && reason === '')
    throw fault('invalid_request', { field: 'reason', detail: 'Say why, in a few words.' })
  if (wanted === 'activate') refuseUnfinished(agent)

  const entry = await prepareEntry(db, {
    kind: `agent.${AGENT_MOVES[wanted].participle}` satisfies EntryKind,
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    ...(reason !== '' && { payload: { reason } }),
  })
  const { to } = AGENT_MOVES[wanted]
  await changeOrRefuse('agent.state', { id: agent.id, from: agent.state, to, reason, by: person.id }, entry)
}

/** @throws Fault `invalid_request` naming the first thing that is missing (C02, C30) */
function refuseUnfinished(agent: AgentRow): void {
  if (!agent.ownerActive)
    throw fault('invalid_request', {
      field: 'ownerId',
      detail: 'Its owner is gone. Somebody has to take it over first.',
    })
  if (missingData(agent.data).length > 0)
    throw fault('invalid_request', {
      field: 'data',
      detail: 'Say where the data it reads goes, and have somebody accept that, before it is activated.',
    })
}
