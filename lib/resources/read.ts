import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import { foldName, type ResourceKind } from './resource'
import {
  allResources,
  firingsByDay,
  lastOf,
  listFirings,
  listVersions,
  resourceById,
  resourceNamed,
  type ResourceRow,
} from './store'

export type { ResourceRow } from './store'

/** A resource in the list. Times are ISO 8601. `type`, `name` and `title` are people's words. */
export type ListedResource = {
  id: string
  type: string
  name: string
  title: string
  kind: ResourceKind
  owner: { id: string; name: string; active: boolean }
  reporter: string | null
  markedAt: string
  unmarkedAt: string | null
  firedAt: string | null
  reportedAt: string | null
}

/** Everything somebody marked as protected: what is in force first. */
export async function listResources(sql: Sql): Promise<ListedResource[]> {
  const rows = await allResources(sql)
  const last = new Map(
    (
      await lastOf(
        sql,
        rows.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  )
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    name: row.name,
    title: row.title,
    kind: row.kind,
    owner: { id: row.owner_id, name: row.owner, active: row.owner_active },
    reporter: row.reporter,
    markedAt: row.marked_at.toISOString(),
    unmarkedAt: row.unmarked_at?.toISOString() ?? null,
    firedAt: last.get(row.id)?.fired_at?.toISOString() ?? null,
    reportedAt: last.get(row.id)?.reported_at?.toISOString() ?? null,
  }))
}

/** The resource under a name: the one in force, else the last that was. */
export function findResource(sql: Sql, type: string, name: string): Promise<ResourceRow | null> {
  return resourceNamed(sql, type, foldName(name))
}

export type FiringsView = {
  /** the last ones, newest first; `summary` is the reporter's words */
  last: readonly { entry: string; at: string; count: number; reporter: string; summary: string | null }[]
  /** the last 30 days, oldest first, with those on which nothing fired */
  days: readonly { day: string; count: number }[]
}

const DAY = 86_400_000
const DAYS = 30

/** When a resource fired. */
export async function readFirings(sql: Sql, resourceId: string, now: Date): Promise<FiringsView> {
  const first = new Date(Math.floor(now.getTime() / DAY) * DAY - (DAYS - 1) * DAY)
  const [last, counted] = [await listFirings(sql, resourceId, 20), await firingsByDay(sql, resourceId, first)]
  const counts = new Map(counted.map(({ day, count }) => [day, count]))
  return {
    last: last.map(({ id, fired_at: at, count, reporter, summary }) => ({
      entry: publicId('entry', id),
      at: at.toISOString(),
      count,
      reporter,
      summary,
    })),
    days: Array.from({ length: DAYS }, (_, n) => new Date(first.getTime() + n * DAY).toISOString().slice(0, 10)).map(
      (day) => ({ day, count: counts.get(day) ?? 0 }),
    ),
  }
}

export type ReportedVersion = { entry: string; digest: string; reporter: string; reporterId: string; at: string }

/** What was reported to be in force, newest first. */
export async function readVersions(sql: Sql, resourceId: string): Promise<ReportedVersion[]> {
  const rows = await listVersions(sql, resourceId, 10)
  return rows.map(({ id, digest, reporter, reporter_id: reporterId, reported_at: at }) => ({
    entry: publicId('entry', id),
    digest,
    reporter,
    reporterId,
    at: at.toISOString(),
  }))
}

/** What the permission table is asked about a resource. @throws Fault `not_found` */
export async function resourceSubject(sql: Sql, id: string): Promise<{ ownerId: string }> {
  const resource = await resourceById(sql, id)
  if (resource === null) throw fault('not_found')
  return { ownerId: resource.owner_id }
}
