import { fault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { MOST_RUNNERS, readRunnerKey } from './runner'
import { lockAgent, type AgentRow } from './store'
import { countRunners, insertRunner } from './store-runners'

/**
 * Enrols the public key of a runner for an agent: what is signed with it is believed to come from a sandbox, so a person does
 * it, never the agent (ADR 0050). Run it in a transaction.
 * @throws Fault `invalid_request` naming `key`, `already_exists`, `conflict` when it has as many as an agent may have, `wrong_state` for a retired agent
 */
export async function enrolRunner(
  db: Db,
  person: { id: string },
  agent: AgentRow,
  given: { name: string; key: string },
  now: Date,
): Promise<{ id: string; thumbprint: string }> {
  const key = readRunnerKey(given.key)
  if ('problem' in key) throw fault('invalid_request', { field: 'key', detail: key.problem })
  if ((await lockAgent(db, agent.id)) === 'retired')
    throw fault('wrong_state', { detail: 'A retired agent is given no runner.' })
  if ((await countRunners(db, agent.id)) >= MOST_RUNNERS)
    throw fault('conflict', {
      detail: `It has ${String(MOST_RUNNERS)} runners already. Revoke one that is not in use first.`,
    })
  const id = newId(now.getTime())
  const enrolled = await insertRunner(db, {
    id,
    agentId: agent.id,
    name: given.name,
    thumbprint: key.thumbprint,
    publicKey: key.x,
    enrolledBy: person.id,
    enrolledAt: now,
  })
  if (!enrolled)
    throw fault('already_exists', {
      field: 'key',
      detail: 'This key was enrolled for this agent before. A key that was revoked is not taken again: make another.',
    })
  await append(db, {
    kind: 'runner.enrolled',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    payload: { runner: publicId('runner', id), name: given.name, thumbprint: key.thumbprint },
  })
  return { id: publicId('runner', id), thumbprint: key.thumbprint }
}
