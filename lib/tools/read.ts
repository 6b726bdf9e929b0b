import type { Db } from '@/lib/db/client'
import { standingTool } from './standing'
import { allTools, type ToolRow } from './store'
import type { CatalogueTool } from './tool'

/** A tool on the catalogue page: who confirmed it, by name. */
export type ListedTool = Omit<ToolRow, 'confirmedBy'> & { confirmedBy: { id: string; name: string } | null }

/** The catalogue for people: what nobody has confirmed yet first, then by server and name. */
export async function listTools(db: Db): Promise<ListedTool[]> {
  const tools = await allTools(db)
  const ids = [...new Set(tools.flatMap(({ confirmedBy }) => confirmedBy ?? []))]
  const people = await db.person.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  const byId = new Map(people.map((person) => [person.id, person]))
  const listed = tools.map((tool) => ({
    ...tool,
    confirmedBy: tool.confirmedBy === null ? null : (byId.get(tool.confirmedBy) ?? null),
  }))
  return [...listed.filter((tool) => tool.confirmedAt === null), ...listed.filter((tool) => tool.confirmedAt !== null)]
}

/** The catalogue as rules read it: a class that nobody confirmed is none. */
export async function catalogue(db: Db): Promise<CatalogueTool[]> {
  return (await allTools(db)).map((tool) => {
    const name = `${tool.server}.${tool.name}`
    const { class: said, surface, schema, confirmedAt, changedAt, confirmedVersion } = tool
    const state = { confirmed: confirmedAt !== null, changed: changedAt !== null, before: confirmedVersion !== null }
    const standing = standingTool(name, { ...UNSAID, ...said, surface, schema, ...state })
    // Conditions are typed by the schema as the server gives it, confirmed or not: a wrong type is told early.
    return { ...standing, ...(schema !== null && { schema }) }
  })
}

const UNSAID = { access: null, reversible: null, audience: null, production: null, spends: null }

/** How many tools wait for a person to confirm their class. */
export async function countUnconfirmed(db: Db): Promise<number> {
  return db.tool.count({ where: { confirmedAt: null } })
}
