import { fault } from '@/lib/core/fault'
import { transaction, type Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { append, prepareEntry } from '@/lib/ledger/append'
import { agentsOfPoint, findPoint } from './store-points'

const PAGE = 200

/**
 * Ends an enforcement point: its next call fails. Then the credentials it asked with end, one by one, since each ends its agent's unused grants: whatever
 * is left of them if this breaks off is worth nothing, as nobody can prove to be the point. Takes lock K, so it is given a database and no transaction.
 * @throws Fault `not_found` for an unknown one, `wrong_state` when it was revoked already
 */
export async function revokePoint(db: Db, person: { id: string }, pointId: string, now: Date): Promise<void> {
  const point = await findPoint(db, pointId)
  if (point === null) throw fault('not_found', { detail: 'There is no such enforcement point.' })
  await transaction(async (tx) => {
    const { count } = await tx.enforcementPoint.updateMany({
      where: { id: pointId, revokedAt: null },
      data: { revokedAt: now },
    })
    if (count === 0) throw fault('wrong_state', { detail: `${point.name} is revoked already.` })
    await append(tx, {
      kind: 'enforcement_point.revoked',
      actor: `person:${person.id}`,
      about: { enforcement_point: pointId },
    })
  })
  for (;;) {
    const agents = await agentsOfPoint(db, pointId, '', PAGE)
    for (const { agentId, ownerId, credentialId } of agents) {
      const entry = await prepareEntry(db, {
        kind: 'credential.revoked',
        actor: `person:${person.id}`,
        agent: agentId,
        owner: ownerId,
        about: { credential: credentialId, enforcement_point: pointId },
      })
      await changeOrRefuse('credential.revoke', { id: credentialId, by: person.id }, entry)
    }
    if (agents.length < PAGE) return
  }
}
