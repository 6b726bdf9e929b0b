import { fault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { partsOfCommand } from '@/lib/boundary/commands/parts'
import { commandIn } from '@/lib/decisions/kinds'
import { scrutinyOf } from '@/lib/decisions/read-scrutiny'
import { readSaid, type Said } from '@/lib/decisions/said'
import type { Scrutiny } from '@/lib/decisions/scrutiny'
import { SHOWN_NOTHING, shownAs, type Shown } from '@/lib/decisions/shown'
import { parseEntry } from '@/lib/ledger/entry'
import { ledger } from '@/lib/ledger/handle'
import { openSealed } from '@/lib/ledger/open'
import type { Actor } from '@/lib/people/actor'
import { can, type Permission } from '@/lib/people/permission'
import { surfaceNamed } from '@/lib/tools/read'
import type { ReviewsQuery } from './contract'
import { dueAt, type Finding, mayClose, REVIEW_DAYS } from './review'
import { countOpen, findChange, findReview, listClosed, listOpen, listOwing, readDays, type ReviewRow } from './store'

/** One change that waits for a look, or was looked at. Times are ISO 8601; `sentence` is the agent's own words. */
export type ReviewView = {
  /** `act_…` of the change */
  id: string
  agent: string
  owner: string
  /** null: erased, or shown only after saying why */
  sentence: string | null
  /** where the change stands: `succeeded`, `failed`, `allowed`, … */
  status: string
  owedAt: string
  dueAt: string
  overdue: boolean
  /** whether whoever looks may close it with one finding at least, and why not */
  yours: Permission
  closed: { by: string; at: string; finding: Finding; note: string } | null
}

/** A page of the list. `older` is the cursor of the next one. */
export type ReviewList = { rows: ReviewView[]; older: string | null; open: number; overdue: number; days: number }

/** Which of some entries are shown to a reader only after they say why (`lib/audit/open-for`). */
export type Withheld = (ids: readonly string[]) => Promise<ReadonlySet<string>>

const PAGE = 50

/** What waits for a review, the oldest first, or what was closed, the newest first. Owners without a role see their own agents'. */
export async function listReviews(
  db: Db,
  actor: Actor,
  { show, agent, before }: ReviewsQuery,
  withheld: Withheld,
  now: Date,
): Promise<ReviewList> {
  const whose = { slug: agent ?? null, ownerId: can(actor, 'review.read').ok ? null : actor.id }
  const from = before === undefined ? null : cursorOf(before)
  const [found, counts, days] = await Promise.all([
    (show === 'open' ? listOpen : listClosed)(db, whose, from, PAGE + 1),
    countOpen(db, whose.ownerId, now),
    readDays(db),
  ])
  const page = found.slice(0, PAGE)
  const hidden = await withheld(page.map((row) => row.action_id))
  const last = page.at(-1)
  const lastAt = show === 'open' ? last?.owed_at : last?.closed_at
  return {
    rows: page.map((row) => toView(row, actor, hidden, now)),
    older: found.length > PAGE && last && lastAt ? `${lastAt.toISOString()}_${last.action_id}` : null,
    ...counts,
    days: days ?? REVIEW_DAYS,
  }
}

/** One review with the change itself, for whoever may see it. */
export type ReviewDetail = ReviewView & {
  tool: string
  scrutiny: Scrutiny
  arguments: unknown
  argumentsRaw: string
  /** the arguments in the forms in which they are read, bounded */
  shown: Shown
  parts: ReturnType<typeof partsOfCommand> | null
  resource: Said['resource']
  requester: Said['requester']
  reasoning: Said['reasoning']
  evidence: Said['evidence']
  untrustedSources: Said['untrustedSources']
  /** `erased`: gone for good; `sensitive`: shown after saying why, on the page of the action; `broken`: not what the entry commits to */
  gone: 'erased' | 'sensitive' | 'broken' | null
  reason: string | null
  rule: string | null
  boundaryVersion: number | null
  ownerId: string
  may: Readonly<Record<Finding, Permission>>
}

/** @throws Fault `invalid_id`, `not_found` (also where the person may not see it) */
export async function readReview(
  db: Db,
  actor: Actor,
  id: string,
  withheld: Withheld,
  now: Date,
): Promise<ReviewDetail> {
  const actionId = parsePublicId('action', id, 'action')
  const [row, change] = [await findReview(db, actionId), await findChange(db, actionId)]
  if (row === null || change === null || !can(actor, 'review.read', { ownerId: row.owner_id }).ok)
    throw fault('not_found')
  const hidden = await withheld([actionId])
  const entry = parseEntry(change.envelope)
  const opened = openSealed(actionId, change, ledger().keys)
  const readable = opened.state === 'open' && !hidden.has(actionId)
  const said = readSaid(readable ? opened.payload : null)
  const tool = said.tool ?? entry?.tool ?? ''
  const args = typeof said.arguments === 'object' && said.arguments !== null ? said.arguments : {}
  const command = commandIn({ ...args })
  const surface = await surfaceNamed(db, tool)
  const owed = { ownerId: row.owner_id, ownerThenId: row.owner_then_id, requesterId: row.requester_id }
  return {
    ...toView(row, actor, hidden, now),
    tool,
    scrutiny: await scrutinyOf(db, tool, entry, said),
    arguments: said.arguments,
    argumentsRaw: said.argumentsRaw,
    shown: readable ? shownAs(tool, said.arguments, surface) : SHOWN_NOTHING,
    parts: command === null || surface !== 'commands' ? null : partsOfCommand(command),
    resource: said.resource,
    requester: said.requester,
    reasoning: said.reasoning,
    evidence: said.evidence,
    untrustedSources: said.untrustedSources,
    gone: readable ? null : hidden.has(actionId) ? 'sensitive' : opened.state === 'broken' ? 'broken' : 'erased',
    reason: entry?.reason ?? null,
    rule: entry?.rule ?? null,
    boundaryVersion: entry?.boundary?.version ?? null,
    ownerId: row.owner_id,
    may: { fine: mayClose(actor, owed, 'fine'), problem: mayClose(actor, owed, 'problem') },
  }
}

/** Who answers for the agent of a review, and for whom it acted; for the permission table. */
export async function reviewSubject(
  db: Db,
  actionId: string,
): Promise<{ ownerId: string; requesterId: string | null } | null> {
  const row = await findReview(db, actionId)
  return row && { ownerId: row.owner_id, requesterId: row.requester_id }
}

/** The open review that follows one, the oldest first: where whoever closed it goes on. Null: nothing is left for them. */
export async function nextReview(db: Db, actor: Actor): Promise<string | null> {
  const whose = { slug: null, ownerId: can(actor, 'review.read').ok ? null : actor.id }
  const rows = await listOpen(db, whose, null, PAGE)
  const next = rows.find((row) => mayClose(actor, owedOf(row), 'fine').ok)
  return next ? publicId('action', next.action_id) : null
}

/** Per agent what is owed, the oldest first: for pages that say how things stand. */
export async function readOwing(
  db: Db,
  actor: Actor,
  now: Date,
): Promise<{ agent: string; count: number; dueAt: string; overdue: boolean }[]> {
  return (await listOwing(db))
    .filter((one) => can(actor, 'review.read', { ownerId: one.owner_id }).ok)
    .map(({ slug, count, oldest, days }) => {
      const due = dueAt(oldest, days)
      return { agent: slug, count, dueAt: due.toISOString(), overdue: due <= now }
    })
}

/** After how many days a review is overdue. */
export async function reviewDays(db: Db): Promise<number> {
  return (await readDays(db)) ?? REVIEW_DAYS
}

const owedOf = (row: ReviewRow) => ({
  ownerId: row.owner_id,
  ownerThenId: row.owner_then_id,
  requesterId: row.requester_id,
})

function toView(row: ReviewRow, actor: Actor, hidden: ReadonlySet<string>, now: Date): ReviewView {
  const due = dueAt(row.owed_at, row.days)
  const fine = mayClose(actor, owedOf(row), 'fine')
  const problem = mayClose(actor, owedOf(row), 'problem')
  return {
    id: publicId('action', row.action_id),
    agent: row.slug,
    owner: row.owner,
    sentence: hidden.has(row.action_id) ? null : row.sentence,
    status: row.status,
    owedAt: row.owed_at.toISOString(),
    dueAt: due.toISOString(),
    overdue: row.closed_at === null && due <= now,
    yours: fine.ok ? fine : problem,
    closed:
      row.closed_at === null || row.finding === null
        ? null
        : {
            by: row.closed_by ?? 'somebody',
            at: row.closed_at.toISOString(),
            finding: row.finding,
            note: row.note ?? '',
          },
  }
}

function cursorOf(text: string): { at: Date; id: string } {
  const [at = '', id = ''] = text.split('_', 2)
  const when = new Date(at)
  if (Number.isNaN(when.getTime()) || !/^[0-9a-f-]{36}$/.test(id))
    throw fault('invalid_request', { field: 'before', detail: 'Give the cursor of a page.' })
  return { at: when, id }
}
