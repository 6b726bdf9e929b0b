import { openApproval } from '@/lib/approvals/open'
import { seatRule } from '@/lib/approvals/seat'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { ElevationInput } from './contract'
import { aboveCeiling, elevationDigest, scopesOf } from './elevation'
import { newestSigned } from './store'
import { insertElevation } from './store-elevation'
import { asBoundary, type Governed } from './subject'

/** How long a request waits for an answer, in milliseconds. */
export const ASKED_MS = 24 * 3_600_000

/**
 * Asks for an elevation (C07): part of the ceiling of the boundary in force, with a reason and a length. It grants nothing: whom the
 * boundary names answers it, never who asked nor the owner. In a transaction.
 * @throws Fault `above_ceiling` naming each thing that is, `wrong_state` for an agent that is not active or a lapsed boundary
 */
export async function askElevation(
  db: Db,
  person: { id: string },
  of: Governed,
  input: ElevationInput,
  now: Date,
): Promise<{ id: string; approvalId: string }> {
  if (of.state !== 'active')
    throw fault('wrong_state', { detail: `${of.slug} is ${of.state}: nothing is granted to it.` })
  const inForce = await newestSigned(db, of.id)
  if (inForce?.lapsesAt == null || inForce.lapsesAt <= now)
    throw fault('wrong_state', { detail: 'No boundary is in force, and it is the boundary that lets anybody grant.' })
  const ceiling = asBoundary(inForce.document)?.elevation
  const asked = {
    scopes: scopesOf(input.scopes),
    tools: [...new Set(input.tools)].sort(),
    lengthMs: input.minutes * 60_000,
  }
  if (Object.keys(asked.scopes).length === 0 && asked.tools.length === 0)
    throw fault('invalid_request', { field: 'scopes', detail: 'Choose what it needs.' })
  const above = aboveCeiling(ceiling, asked)
  if (ceiling === undefined || above.length > 0)
    throw fault('above_ceiling', { detail: `It was not asked for. ${above.join(' ')}` })
  const reason = redactText(input.reason).text
  const id = newId(now.getTime())
  const digest = elevationDigest(id, of.id, person.id, reason, asked)
  await insertElevation(db, { id, agentId: of.id, ...asked, reason, digest, requestedBy: person.id, requestedAt: now })
  const approvalId = await openApproval(
    db,
    {
      kind: 'elevation',
      subjectId: id,
      digest,
      agentId: of.id,
      seats: 1,
      rule: {
        ...seatRule('elevation', { requesterId: person.id, ownerId: of.ownerId }),
        asked: [ceiling.granted_by],
      },
      expiresAt: new Date(now.getTime() + ASKED_MS),
    },
    now,
  )
  await append(db, {
    kind: 'elevation.asked',
    actor: `person:${person.id}`,
    agent: of.id,
    owner: of.ownerId,
    about: { elevation: id, approval: approvalId },
    payload: { reason, mcp_scopes: asked.scopes, tools: asked.tools, length_seconds: asked.lengthMs / 1000 },
  })
  return { id, approvalId }
}
