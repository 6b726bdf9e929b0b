import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { concerns } from './read'
import { findHalt, findSubject, insertAcknowledgement } from './store'

/**
 * An agent says that it stopped for a halt, and which of its runs, in the caller's transaction. Saying so again changes nothing and
 * writes nothing.
 * @throws Fault `not_found` for a halt that is not in force for this agent
 */
export async function acknowledge(db: Db, agentId: string, haltId: string, runs: readonly string[]): Promise<void> {
  const [halt, agent] = await Promise.all([findHalt(db, haltId), findSubject(db, { id: agentId })])
  const covered = halt !== null && agent !== null && halt.lifted_at === null && concerns(halt, agent)
  if (!covered) throw fault('not_found', { detail: 'No such halt is in force for this agent.' })
  if (!(await insertAcknowledgement(db, haltId, agentId, runs))) return
  await append(db, {
    kind: 'halt.acknowledged',
    actor: 'agent',
    agent: agentId,
    owner: agent.owner_id,
    about: { halt: haltId },
    ...(runs.length > 0 && { payload: { runs: [...runs] } }),
  })
}
