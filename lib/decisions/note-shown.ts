import type { Db } from '@/lib/db/client'
import { query } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { parsePublicId } from '@/lib/core/ids'
import { readingMs, type Shown } from './reading-time'
import type { RequestDetail } from './request'

/**
 * Notes that a request was sent to the screen of somebody who may answer it, the first time: from then on their answer is timed
 * (ADR 0035). A deed of nobody's and no entry: it alters nothing but a figure. Nothing is noted for whoever only looks.
 */
export async function noteShown(db: Db, actor: Pick<Actor, 'id'>, request: RequestDetail): Promise<void> {
  const answers = request.you.approve.ok || request.you.reject.ok
  if (!answers || request.status !== 'pending') return
  await query(
    db,
    'INSERT INTO shown (approval_id, person_id, needs_ms) VALUES ($1::uuid, $2::uuid, $3::integer) ON CONFLICT DO NOTHING',
    [parsePublicId('approval', request.id), actor.id, readingMs(shownIn(request))],
  )
}

/** What stands on the page of a request without a click: its sentence, why it waits, and what the agent says of it. */
export function shownIn(request: RequestDetail): Shown {
  const { reasoning, evidence } = request
  return {
    prose: [
      request.sentence.map(({ text }) => text).join(''),
      ...request.reasons.map(({ text }) => text),
      ...[reasoning?.summary ?? '', ...(reasoning?.signals ?? []), ...(reasoning?.intel ?? [])],
      ...evidence.flatMap(({ title, excerpt = '' }) => [title, excerpt]),
      ...request.untrustedSources,
    ],
    code: [request.erased ? '' : request.argumentsRaw],
  }
}
