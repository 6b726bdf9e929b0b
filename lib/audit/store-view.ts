import type { Db } from '@/lib/db/client'

type Row = { id: string; personId: string; name: string; query: string; shared: boolean; person: { name: string } }

/** A person's own views, and those others share. */
export function listViews(db: Db, personId: string): Promise<Row[]> {
  return db.savedView.findMany({
    where: { OR: [{ personId }, { shared: true }] },
    select: { id: true, personId: true, name: true, query: true, shared: true, person: { select: { name: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: 200,
  })
}

export function insertView(
  db: Db,
  view: { id: string; personId: string; name: string; query: string; shared: boolean },
): Promise<{ id: string }> {
  return db.savedView.create({ data: view, select: { id: true } })
}

/** How many views somebody has, and whether one of them, but `except`, has this name. */
export async function countOwn(
  db: Db,
  personId: string,
  name: string,
  except?: string,
): Promise<{ all: number; named: boolean }> {
  const own = await db.savedView.findMany({ where: { personId }, select: { id: true, name: true } })
  return { all: own.length, named: own.some((one) => one.name === name && one.id !== except) }
}

/** @returns how many were changed: none where it is somebody else's, or gone */
export async function updateView(
  db: Db,
  where: { id: string; personId: string },
  data: { name: string; shared: boolean },
): Promise<number> {
  return (await db.savedView.updateMany({ where, data })).count
}

export async function deleteView(db: Db, where: { id: string; personId: string }): Promise<number> {
  return (await db.savedView.deleteMany({ where })).count
}
