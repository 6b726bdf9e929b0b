import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { pointState, type PointState } from './enforcement-point'
import * as points from './store-points'
import { findPoint, listPoints, type PointAgent } from './store-points'

export type { PointAgent }

/** An enforcement point as people see it. Its token is nowhere. */
export type ListedPoint = {
  id: string
  name: string
  hint: string
  state: PointState
  makerId: string
  madeBy: string
  madeAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  /** slugs of the agents it may ask for; none of one that has ended */
  agents: string[]
}

const MOST = 200

/** The enforcement points, those that still work first. */
export async function enforcementPoints(db: Db, now: Date): Promise<ListedPoint[]> {
  const rows = await listPoints(db, MOST)
  const ids = rows.map(({ id }) => id)
  const [people, credentials] = await Promise.all([
    db.person.findMany({
      where: { id: { in: rows.map(({ createdBy }) => createdBy) } },
      select: { id: true, name: true },
    }),
    db.credential.findMany({
      where: { enforcementPointId: { in: ids }, revokedAt: null },
      select: { enforcementPointId: true, agent: { select: { slug: true } } },
    }),
  ])
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return rows.map(({ createdBy, createdAt, ...row }) => ({
    id: publicId('enforcement_point', row.id),
    name: row.name,
    hint: row.hint,
    state: pointState(row, now),
    makerId: createdBy,
    madeBy: names.get(createdBy) ?? 'somebody',
    madeAt: createdAt,
    expiresAt: row.expiresAt,
    lastUsedAt: row.lastUsedAt,
    agents: credentials
      .filter(({ enforcementPointId }) => enforcementPointId === row.id)
      .map(({ agent }) => agent.slug)
      .sort(),
  }))
}

/** What permissions ask about a point. @throws Fault `not_found` */
export async function pointSubject(db: Db, id: string): Promise<{ personId: string }> {
  const point = await findPoint(db, id)
  if (point === null) throw fault('not_found', { detail: 'There is no such enforcement point.' })
  return { personId: point.createdBy }
}

/** The agents somebody owns that are not retired, by slug: those they may let a point ask for. */
export async function ownedSlugs(db: Db, ownerId: string): Promise<string[]> {
  const rows = await db.agent.findMany({
    where: { ownerId, state: { not: 'retired' } },
    orderBy: { slug: 'asc' },
    select: { slug: true },
  })
  return rows.map(({ slug }) => slug)
}

/** The agent of a slug as a point may ask for it; null where it may not, or there is none. */
export function agentOfPoint(db: Db, pointId: string, slug: string): Promise<PointAgent | null> {
  return points.agentOfPoint(db, pointId, slug)
}

/** The agents a point may ask for, by slug, after a slug. */
export function agentsOfPoint(db: Db, pointId: string, after: string, most: number): Promise<PointAgent[]> {
  return points.agentsOfPoint(db, pointId, after, most)
}

/** The slug of an agent, or null. */
export async function slugOf(db: Db, agentId: string): Promise<string | null> {
  return (await db.agent.findUnique({ where: { id: agentId }, select: { slug: true } }))?.slug ?? null
}
