import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { standingTool } from './standing'
import { allTools, toolById, type ToolRow, type ToolVersionRow, versionOfTool, versionsOf } from './store'
import { type CatalogueTool, KNOWN_SURFACES, type Surface, SURFACES } from './tool'

export type { ToolVersionRow } from './store'

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

/** One tool with what was said of it before, newest first, and the version somebody confirmed last. */
export type ToolDetail = {
  tool: ListedTool
  versions: ToolVersionRow[]
  confirmed: ToolVersionRow | null
  seenBy: string | null
}

const MOST_VERSIONS = 50

/** One tool for its page. @throws Fault `not_found` */
export async function readTool(db: Db, id: string): Promise<ToolDetail> {
  const row = await toolById(db, id)
  if (row === null) throw fault('not_found', { detail: 'There is no such tool.' })
  const { confirmedVersion, confirmedBy, seenBy } = row
  const [versions, confirmed, person, agent] = await Promise.all([
    versionsOf(db, id, MOST_VERSIONS),
    confirmedVersion === null ? null : versionOfTool(db, id, confirmedVersion),
    confirmedBy === null
      ? null
      : db.person.findUnique({ where: { id: confirmedBy }, select: { id: true, name: true } }),
    seenBy === null ? null : db.agent.findUnique({ where: { id: seenBy }, select: { slug: true } }),
  ])
  return { tool: { ...row, confirmedBy: person }, versions, confirmed, seenBy: agent?.slug ?? null }
}

/** What tools are called, `server.name` by id: for lists that only have their ids. */
export async function toolNames(db: Db, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const asked = ids.filter((id) => id !== null)
  if (asked.length === 0) return new Map()
  const rows = await db.tool.findMany({ where: { id: { in: asked } }, select: { id: true, server: true, name: true } })
  return new Map(rows.map(({ id, server, name }) => [id, `${server}.${name}`]))
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

/** Which list of a boundary judges the calls of a tool, as far as its name and what was confirmed of it say. */
export async function surfaceNamed(db: Db, name: string): Promise<Surface | null> {
  const known = KNOWN_SURFACES.get(name)
  if (known !== undefined) return known
  const dot = name.indexOf('.')
  const [server, tool] = [name.slice(0, dot), name.slice(dot + 1)]
  const row = await db.tool.findFirst({
    where: { server, name: tool },
    select: { surface: true, confirmedAt: true, confirmedVersion: true },
  })
  return row !== null && (row.confirmedAt !== null || row.confirmedVersion !== null)
    ? (SURFACES.find((surface) => surface === row.surface) ?? null)
    : null
}

/** How many tools wait for a person to confirm their class. */
export async function countUnconfirmed(db: Db): Promise<number> {
  return db.tool.count({ where: { confirmedAt: null } })
}
