import { fault } from '@/lib/core/fault'
import { idTime, parsePublicId, publicId } from '@/lib/core/ids'
import type { Decision } from '@/lib/decisions/decision'
import { readSaid } from '@/lib/decisions/said'
import { sentence } from '@/lib/decisions/sentence'
import { parseEntry, type Entry } from '@/lib/ledger/entry'
import { type EntryKind } from '@/lib/ledger/entry-kinds'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { findResource, readFirings, readVersions, type ResourceRow } from '@/lib/resources/read'
import { contentDigest, standingOf, type Change } from '@/lib/resources/version'
import { openFor } from './open-for'
import type { ChangeView, MarkEvent, ResourceView } from './resource-view'
import { listVerdicts, namesOf } from './store'
import {
  decisionsAbout,
  endsOfActions,
  marksOf,
  standingOfActions,
  type ChangeRow,
  type TouchRow,
} from './store-resource'

const MOST_CHANGES = 30
/** What a person approved, whatever came of it afterwards; an approval that was superseded let nothing through. */
const LET_THROUGH = new Set(['approved', 'claimed', 'succeeded', 'failed', 'aborted', 'unknown'])

type Read = { view: ChangeView; change: Change }

/**
 * A protected resource as its page shows it: who proposed each change, who approved it, what it was tested against, when it last
 * fired, and whether what is in force is what was approved (C21). For whoever reads the record, and for who answers for it.
 * @param before `ent_…`: changes older than this one
 * @throws Fault `not_found` (also where the reader may not read it), `invalid_id`
 */
export async function readResource(
  sql: Sql,
  actor: Actor,
  asked: { type: string; name: string; before?: string },
  now: Date,
): Promise<ResourceView> {
  const resource = await findResource(sql, asked.type, asked.name)
  if (resource === null || !can(actor, 'audit.read', { ownerId: resource.owner_id }).ok) throw fault('not_found')
  const newest = await readChanges(sql, actor, resource, null)
  const page =
    asked.before === undefined
      ? newest
      : await readChanges(sql, actor, resource, parsePublicId('entry', asked.before, 'before'))
  const [reported = null] = await readVersions(sql, resource.id)
  const standing = standingOf(
    reported && { digest: reported.digest, at: reported.at, entry: reported.entry },
    newest.changes.map(({ change }) => change),
    resource.adopted,
  )
  const firings = await readFirings(sql, resource.id, now)
  const bare = (entry: string) => parsePublicId('entry', entry)
  const withheld = await purposeNeeded(
    sql,
    actor,
    firings.last.map(({ entry }) => bare(entry)),
  )
  return {
    resource,
    standing,
    reported,
    reportsOnItself: newest.changes.some(({ view }) => view.agent === resource.reporter),
    changes: page.changes.map(({ view }) => view),
    older: page.older,
    firings: {
      ...firings,
      last: firings.last.map((each) => (withheld.has(bare(each.entry)) ? { ...each, summary: null } : each)),
    },
    marks: await readMarks(sql, resource.id),
  }
}

async function readChanges(
  sql: Sql,
  actor: Actor,
  resource: ResourceRow,
  before: string | null,
): Promise<{ changes: Read[]; older: string | null }> {
  const rows = await decisionsAbout(sql, resource.id, before, MOST_CHANGES + 1)
  const shown = rows.slice(0, MOST_CHANGES)
  const touched = shown.flatMap((row) => {
    const entry = parseEntry(row.envelope)
    return entry === null || entry.class?.access === 'read' ? [] : [{ row, entry }]
  })
  const ids = touched.map(({ row }) => row.id)
  const standings = new Map((await standingOfActions(sql, ids)).map((each) => [each.id, each]))
  const ends = new Map((await endsOfActions(sql, ids)).map(({ action, id }) => [action, timeOf(id)]))
  const names = await namesOf(
    sql,
    touched.flatMap(({ entry }) => entry.owner ?? []),
  )
  const changes: Read[] = []
  for (const { row, entry } of touched) {
    const standing = standings.get(row.id)
    if (standing)
      changes.push(
        await readChange(sql, actor, resource, { row, entry, standing, doneAt: ends.get(row.id) ?? null, names }),
      )
  }
  const last = shown.at(-1)
  return { changes, older: rows.length > MOST_CHANGES && last ? publicId('entry', last.id) : null }
}

type Touched = {
  row: TouchRow
  entry: Entry
  standing: ChangeRow
  doneAt: string | null
  names: ReadonlyMap<string, string>
}

async function readChange(
  sql: Sql,
  actor: Actor,
  resource: ResourceRow,
  { row, entry, standing, doneAt, names }: Touched,
): Promise<Read> {
  const opened = (await openFor(sql, actor, [row.id])).get(row.id)
  const open = opened?.state === 'open'
  const said = readSaid(open ? opened.payload : null)
  const verdicts = standing.approval === null ? [] : await listVerdicts(sql, standing.approval)
  const digest = open ? contentDigest(said.arguments, resource.content_at) : null
  const action = publicId('action', row.id)
  const approved = standing.approval_status === 'approved' && LET_THROUGH.has(standing.status)
  return {
    change: {
      action,
      digest,
      why: digest !== null ? 'present' : open ? 'absent' : opened?.state === 'sensitive' ? 'sensitive' : 'erased',
      approvedAt: approved ? (standing.closed_at?.toISOString() ?? null) : null,
      status: standing.status,
      doneAt,
    },
    view: {
      action,
      at: timeOf(row.id),
      index: row.idx === null ? null : Number(row.idx),
      agent: standing.slug,
      owner: entry.owner ? { id: entry.owner, name: names.get(entry.owner) ?? 'somebody no longer known' } : null,
      requester: said.requester && { id: said.requester.id, proof: said.requester.proof },
      sentence: sentence({
        agent: standing.slug,
        tool: said.tool ?? entry.tool ?? 'a tool whose name was erased',
        arguments: objectOf(said.arguments),
        resource: said.resource,
      }).slice(1),
      decision: (entry.outcome ?? 'forbid') as Decision, // a decision's entry has one of the three
      status: standing.status,
      verdicts: verdicts.map(({ person_id: id, name, answer, reason, at }) => ({
        person: { id, name },
        answer,
        reason,
        at: at.toISOString(),
      })),
      testedAgainst: said.testedAgainst,
      digest,
      said: open ? 'open' : opened?.state === 'broken' || opened?.state === 'sensitive' ? opened.state : 'erased',
      doneAt,
    },
  }
}

async function readMarks(sql: Sql, resourceId: string): Promise<MarkEvent[]> {
  const rows = await marksOf(sql, resourceId)
  const names = await namesOf(
    sql,
    rows.flatMap(({ actor }) => actor ?? []),
  )
  return rows.map(({ id, idx, kind, actor }) => ({
    kind: kind as EntryKind, // the statement asked for these alone
    at: timeOf(id),
    index: idx === null ? null : Number(idx),
    by: actor === null ? null : { id: actor, name: names.get(actor) ?? 'somebody no longer known' },
  }))
}

const timeOf = (id: string) => new Date(idTime(id)).toISOString()
function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
