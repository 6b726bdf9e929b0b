import type { Answer } from '@/lib/approvals/approval'
import { answererOf, newestApprovalAbout } from '@/lib/approvals/read'
import { SEAT_REFUSALS } from '@/lib/approvals/seat'
import { vote } from '@/lib/approvals/vote'
import { fault } from '@/lib/core/fault'
import { db, transaction, type Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { append, prepareEntry } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { aboveCeiling } from './elevation'
import { newestSigned } from './store'
import { findElevation, type ElevationRow } from './store-elevation'
import { asBoundary } from './subject'

/** One person's answer to somebody who asked for an elevation. `digest` is of what they saw. */
export type ElevationAnswer = { id: string; actor: Actor; answer: Answer; reason: string; digest: Buffer; now: Date }

const COMPLETE_MS = 3_600_000

/**
 * Grants an elevation, or refuses it (C07). The verdict commits first; then the gate checks it itself, under lock K, with the ceiling
 * in force at that moment, and starts the time. If that is cut off in between, the same person answers again and completes it.
 * @throws Fault `not_found`, `already_decided`, `expired`, `digest_mismatch`, `separation_of_duties`, `not_permitted`, `above_ceiling`
 */
export async function answerElevation(
  given: ElevationAnswer,
): Promise<{ status: 'granted' | 'refused'; slug: string }> {
  const asked = await findElevation(db(), given.id)
  if (asked === null) throw fault('not_found', { detail: 'Nobody asked for this.' })
  if (asked.ownerId === given.actor.id) throw fault('separation_of_duties', { detail: SEAT_REFUSALS.owner_alone })
  const inForce = await newestSigned(db(), asked.agentId)
  const document = inForce?.lapsesAt != null && inForce.lapsesAt > given.now ? asBoundary(inForce.document) : null
  const above = aboveCeiling(document?.elevation, asked)
  if (given.answer === 'approve' && above.length > 0)
    throw fault('above_ceiling', { detail: `Not any more. ${above.join(' ')}` })
  const approvalId = await transaction((tx) => answered(tx, asked, given))
  if (given.answer === 'reject') return { status: 'refused', slug: asked.slug }
  const entry = await prepareEntry(db(), {
    kind: 'elevation.granted',
    actor: `person:${given.actor.id}`,
    agent: asked.agentId,
    owner: asked.ownerId,
    about: { elevation: asked.id, approval: approvalId },
    verdicts: [{ person: given.actor.id, answer: 'approve', capability: 'elevation' }],
    payload: {
      asked: asked.reason,
      reason: given.reason,
      mcp_scopes: asked.scopes,
      tools: asked.tools,
      length_seconds: asked.lengthMs / 1000,
    },
  })
  await changeOrRefuse('elevation.grant', { id: asked.id, by: given.actor.id }, entry)
  return { status: 'granted', slug: asked.slug }
}

async function answered(tx: Db, asked: ElevationRow, given: ElevationAnswer): Promise<string> {
  const approval = await newestApprovalAbout(tx, 'elevation', asked.id)
  if (approval === null) throw fault('not_found', { detail: 'Nobody asked for this.' })
  // Approved before, and cut off before the gate heard of it: the gate looks whose verdict it was.
  const fresh = approval.closedAt !== null && approval.closedAt.getTime() + COMPLETE_MS > given.now.getTime()
  if (approval.status === 'approved' && asked.grantedAt === null && fresh && given.answer === 'approve')
    return approval.id
  const voted = await vote(tx, {
    approvalId: approval.id,
    person: { ...answererOf(given.actor), name: given.actor.name },
    answer: given.answer,
    reason: given.reason,
    digest: given.digest,
    now: given.now,
  })
  if (voted.status === 'rejected')
    await append(tx, {
      kind: 'elevation.refused',
      actor: `person:${given.actor.id}`,
      agent: asked.agentId,
      owner: asked.ownerId,
      about: { elevation: asked.id, approval: approval.id },
      verdicts: [{ person: given.actor.id, answer: 'reject', capability: 'elevation' }],
      ...(given.reason !== '' && { payload: { reason: given.reason } }),
    })
  return approval.id
}
