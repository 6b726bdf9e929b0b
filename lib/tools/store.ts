import type { Db } from '@/lib/db/client'
import { type Prisma } from '@/lib/db/generated/client'
import type { JsonObject } from '@/lib/core/json'
import { toolDigest, type ToolDescription } from './digest'
import { classOf } from './standing'
import type { Access, Audience, Surface, ToolClass, ToolSource } from './tool'

/**
 * A tool as the catalogue keeps it. `class` and `surface` are what is said of it; they count only with `confirmedAt`, or while it is
 * changed (`changedAt`) and was confirmed before (`confirmedVersion`). `digest` is of what its server says now.
 */
export type ToolRow = ToolDescription & {
  id: string
  server: string
  name: string
  digest: Buffer
  version: number
  confirmedVersion: number | null
  changedAt: Date | null
  seenBy: string | null
  class: ToolClass | null
  surface: Surface | null
  source: ToolSource
  createdAt: Date
  confirmedBy: string | null
  confirmedAt: Date | null
}

const selected = {
  id: true,
  title: true,
  annotations: true,
  digest: true,
  surface: true,
  version: true,
  confirmedVersion: true,
  changedAt: true,
  seenBy: true,
  server: true,
  name: true,
  description: true,
  schema: true,
  access: true,
  reversible: true,
  audience: true,
  production: true,
  spends: true,
  source: true,
  createdAt: true,
  confirmedBy: true,
  confirmedAt: true,
} as const

type Selected = Prisma.ToolGetPayload<{ select: typeof selected }>

/** The whole catalogue, by name; uses `tool_server_name_key`. */
export async function allTools(db: Db): Promise<ToolRow[]> {
  const rows = await db.tool.findMany({ select: selected, orderBy: [{ server: 'asc' }, { name: 'asc' }] })
  return rows.map(toRow)
}

/** One tool by its id, or null. */
export async function toolById(db: Db, id: string): Promise<ToolRow | null> {
  const row = await db.tool.findUnique({ where: { id }, select: selected })
  return row === null ? null : toRow(row)
}

// The checks of the table hold these columns to the words of the rule.
function toRow({ access, reversible, audience, production, spends, ...row }: Selected): ToolRow {
  const said = {
    title: row.title,
    description: row.description,
    schema: row.schema as JsonObject | boolean | null,
    annotations: row.annotations as JsonObject | null,
  }
  return {
    ...row,
    ...said,
    digest: row.digest === null ? toolDigest(said) : Buffer.from(row.digest),
    surface: row.surface as Surface | null,
    source: row.source as ToolSource,
    class: classOf({
      access: access as Access | null,
      reversible,
      audience: audience as Audience | null,
      production,
      spends,
    }),
  }
}

/** The tools of these names on one server, each locked against nothing: the gate compares versions. */
export async function toolsOfServer(db: Db, server: string, names: readonly string[]): Promise<ToolRow[]> {
  const rows = await db.tool.findMany({ select: selected, where: { server, name: { in: [...names] } } })
  return rows.map(toRow)
}

export type NewTool = ToolDescription & {
  id: string
  server: string
  name: string
  digest: Buffer
  class: ToolClass | null
  surface: Surface | null
  source: ToolSource
  createdBy: string | null
  seenBy?: string
}

/** Inserts a tool; false when one of that name exists. Who confirmed it is left empty: only the gate fills that. */
export async function insertTool(db: Db, tool: NewTool): Promise<boolean> {
  const known = tool.class
  const schema = tool.schema === null ? null : JSON.stringify(tool.schema)
  const annotations = tool.annotations === null ? null : JSON.stringify(tool.annotations)
  // Written out: Prisma's create would name every column, and the app may not insert the confirming ones.
  const inserted = await db.$executeRaw`
    INSERT INTO tool (id, server, name, title, description, schema, annotations, digest, access, reversible, audience, production, spends,
      surface, source, created_by, seen_by)
    VALUES (${tool.id}::uuid, ${tool.server}, ${tool.name}, ${tool.title}, ${tool.description}, ${schema}::jsonb, ${annotations}::jsonb,
      ${tool.digest}, ${known?.access ?? null}, ${known?.reversible ?? null}, ${known?.audience ?? null}, ${known?.production ?? null},
      ${known?.spends ?? null}, ${tool.surface}, ${tool.source}, ${tool.createdBy}::uuid, ${tool.seenBy ?? null}::uuid)
    ON CONFLICT (server, name) DO NOTHING`
  return inserted === 1
}

/** One version of what was said of a tool. */
export type ToolVersionRow = ToolDescription & { version: number; digest: Buffer; source: string; at: Date }

/** The newest versions of a tool, newest first, by the primary key of `tool_version`. */
export async function versionsOf(db: Db, toolId: string, most: number): Promise<ToolVersionRow[]> {
  const rows = await db.toolVersion.findMany({ where: { toolId }, orderBy: { version: 'desc' }, take: most })
  return rows.map(toVersion)
}

/** One version of a tool, or null. */
export async function versionOfTool(db: Db, toolId: string, version: number): Promise<ToolVersionRow | null> {
  const row = await db.toolVersion.findUnique({ where: { toolId_version: { toolId, version } } })
  return row === null ? null : toVersion(row)
}

function toVersion(row: Prisma.ToolVersionGetPayload<object>): ToolVersionRow {
  const { version, title, description, source, at } = row
  const schema = row.schema as JsonObject | boolean | null
  const said = { title, description, schema, annotations: row.annotations as JsonObject | null }
  return { ...said, version, source, at, digest: row.digest === null ? toolDigest(said) : Buffer.from(row.digest) }
}

/** How many tools only agents named: of one agent, and of all. Index: `tool_seen_by`. */
export async function countSeen(db: Db, agentId: string): Promise<{ agent: number; all: number }> {
  const [row] = await db.$queryRaw<{ agent: number; all: number }[]>`
    SELECT count(*) FILTER (WHERE seen_by = ${agentId}::uuid)::int AS agent, count(*)::int AS all FROM tool WHERE seen_by IS NOT NULL`
  return row ?? { agent: 0, all: 0 }
}
