import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { exactBytes } from './exact'
import { visibleRequest } from './read-inbox'
import { payloadOf } from './read-own'
import { atPointer } from './shown-text'
import { listGiven } from './store-inbox'
import { withheldFrom } from './withheld'

/**
 * The bytes of a request as it stands (edited, where a person edited it) for whoever may see it: all that was digested, or one text of
 * the arguments.
 * @param at a JSON pointer (RFC 6901) into the arguments; left out: the canonical JSON whose SHA-256 is the digest
 * @throws Fault `invalid_id`, `not_permitted` where it is sensitive and no purpose was said, `not_found` (also where it was erased, was changed, or has no such text)
 */
export async function readExactFile(
  db: Db,
  actor: Actor,
  approvalId: string,
  at: string | undefined,
  now: Date,
): Promise<{ bytes: Buffer; name: string }> {
  const row = await visibleRequest(db, actor, approvalId, now)
  const given = await listGiven(db, [row.approval_id])
  if ((await withheldFrom(db, actor, [row], () => given, now)).size > 0)
    throw fault('not_permitted', {
      detail: 'This is marked sensitive: say why you read it, on the page of the request.',
    })
  const payload = await payloadOf(db, { id: row.action_id, edit_id: row.edit_id })
  if (payload === null) throw fault('not_found', { detail: 'What was asked can no longer be read.' })
  const action = publicId('action', row.action_id)
  if (at === undefined) {
    const boundary = row.boundary_digest === null ? null : digestText(Buffer.from(row.boundary_digest))
    const bytes = exactBytes(payload, { agentId: row.agent_id, runId: row.run_id, boundary })
    if (bytes === null) throw fault('not_found', { detail: 'What was asked is in no form this version knows.' })
    return { bytes, name: `${action}.json.txt` }
  }
  const value = atPointer(payload.arguments, at)
  if (value === undefined) throw fault('not_found', { detail: 'The arguments have nothing there.' })
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { bytes: Buffer.from(text, 'utf8'), name: `${action}${at.replaceAll('/', '.')}.txt`.slice(0, 120) }
}
