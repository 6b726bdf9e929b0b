import type { Db } from '@/lib/db/client'
import { type Prisma } from '@/lib/db/generated/client'
import type { JsonObject } from '@/lib/core/json'
import type { Access, Audience, ToolClass } from './tool'

/** A tool as the catalogue keeps it. `class` is what is said of it; it counts only with `confirmedAt`. */
export type ToolRow = {
  id: string
  server: string
  name: string
  description: string
  schema: JsonObject | boolean | null
  class: ToolClass | null
  source: string
  createdAt: Date
  confirmedBy: string | null
  confirmedAt: Date | null
}

const selected = {
  id: true,
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

// The checks of the table hold `access` and `audience` to the words of the rule.
function toRow({ access, reversible, audience, production, spends, schema, ...row }: Selected): ToolRow {
  return {
    ...row,
    schema: schema as JsonObject | boolean | null,
    class:
      access === null
        ? null
        : {
            access: access as Access,
            ...(reversible !== null && { reversible }),
            ...(audience !== null && { audience: audience as Audience }),
            ...(production !== null && { production }),
            ...(spends !== null && { spends }),
          },
  }
}

export type NewTool = {
  id: string
  server: string
  name: string
  description: string
  schema: JsonObject | boolean | null
  class: ToolClass | null
  source: 'person' | 'import'
  createdBy: string
}

/** Inserts a tool; false when one of that name exists. Who confirmed it is left empty: only the gate fills that. */
export async function insertTool(db: Db, tool: NewTool): Promise<boolean> {
  const known = tool.class
  const schema = tool.schema === null ? null : JSON.stringify(tool.schema)
  // Written out: Prisma's create would name every column, and the app may not insert the confirming ones.
  const inserted = await db.$executeRaw`
    INSERT INTO tool (id, server, name, description, schema, access, reversible, audience, production, spends, source, created_by)
    VALUES (${tool.id}::uuid, ${tool.server}, ${tool.name}, ${tool.description}, ${schema}::jsonb, ${known?.access ?? null},
      ${known?.reversible ?? null}, ${known?.audience ?? null}, ${known?.production ?? null}, ${known?.spends ?? null},
      ${tool.source}, ${tool.createdBy}::uuid)
    ON CONFLICT (server, name) DO NOTHING`
  return inserted === 1
}
