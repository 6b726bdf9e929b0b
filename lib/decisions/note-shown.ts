import type { Db } from '@/lib/db/client'
import { query } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { parsePublicId } from '@/lib/core/ids'
import { differing } from './differing'
import { readingMs, type Shown } from './reading-time'
import type { AlikeView, RequestDetail } from './request'

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

/**
 * Notes the same of requests that are listed to be answered in one act, each with how long its own line takes to read at least: what all
 * of them have in common is not counted. Where each takes a look of its own, its page notes it.
 */
export async function noteListed(db: Db, actor: Pick<Actor, 'id'>, view: AlikeView): Promise<void> {
  if (!view.together.ok) return
  const { values } = differing(view.rows.map((row) => row.arguments))
  const listed = view.rows.flatMap((row, at) =>
    row.yours.ok && row.frozen === null && row.status === 'pending'
      ? [{ id: parsePublicId('approval', row.id), needs: readingMs(lineOf(row, values[at] ?? [])) }]
      : [],
  )
  if (listed.length === 0) return
  await query(
    db,
    `INSERT INTO shown (approval_id, person_id, needs_ms)
     SELECT x.id, $1::uuid, x.needs FROM jsonb_to_recordset($2::jsonb) AS x(id uuid, needs integer) ORDER BY x.id ON CONFLICT DO NOTHING`,
    [actor.id, JSON.stringify(listed)],
  )
}

/** A line of the list: what differs in its arguments, cut as it is shown, on what, and for whom. */
function lineOf(row: AlikeView['rows'][number], values: readonly string[]): Shown {
  const [cell, name] = [120, 60]
  return {
    prose: [(row.requester ?? '').slice(0, name)],
    code: [...values.map((value) => value.slice(0, cell)), (row.resource?.id ?? '').slice(0, name)],
  }
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
