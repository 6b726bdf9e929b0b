import { randomBytes } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { POINT_CLIENT_PREFIX, pointState } from './enforcement-point'
import { lockAgent, type AgentRow } from './store'
import { agentOfPoint, findPoint } from './store-points'

/**
 * Lets an enforcement point ask for an agent: a credential of the agent without a secret, which whoever proves to be the point asks with. It ends
 * when somebody revokes it on the agent's page, or the point (ADR 0047). Run it in a transaction.
 * @throws Fault `not_found` for an unknown point, `wrong_state` for a retired agent or a point that has ended, `already_exists` naming `agent`
 */
export async function letPointAsk(
  db: Db,
  person: { id: string },
  pointId: string,
  agent: AgentRow,
  now: Date,
): Promise<{ credentialId: string }> {
  const point = await findPoint(db, pointId)
  if (point === null) throw fault('not_found', { detail: 'There is no such enforcement point.' })
  if (pointState(point, now) !== 'live')
    throw fault('wrong_state', { detail: `The enforcement point ${point.name} has ended. Make another.` })
  // two people at once are answered one after the other
  if ((await lockAgent(db, agent.id)) === 'retired')
    throw fault('wrong_state', { field: 'agent', detail: 'Nobody asks for a retired agent.' })
  if ((await agentOfPoint(db, pointId, agent.slug)) !== null)
    throw fault('already_exists', { field: 'agent', detail: `${point.name} may ask for ${agent.slug} already.` })
  const credentialId = newId(now.getTime())
  await db.credential.create({
    data: {
      id: credentialId,
      agentId: agent.id,
      clientId: POINT_CLIENT_PREFIX + randomBytes(12).toString('hex'),
      createdBy: person.id,
      enforcementPointId: pointId,
    },
    select: { id: true },
  })
  await append(db, {
    kind: 'credential.created',
    actor: `person:${person.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    about: { credential: credentialId, enforcement_point: pointId },
  })
  return { credentialId }
}
