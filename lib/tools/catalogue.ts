import { fault, isFault } from '@/lib/core/fault'
import { parseJson, type JsonObject } from '@/lib/core/json'
import { catalogueLine, type CatalogueLine } from './contract'
import { resolveTool, type Surface, type ToolClass } from './tool'

/** One tool of a catalogue as it is imported: named in full, with the class somebody suggests for it. */
export type SuggestedTool = {
  server: string
  name: string
  description: string
  class: ToolClass | null
  surface: Surface | null
  schema: JsonObject | boolean | null
}

export type CatalogueError = { line: number; detail: string }

/** More lines than this are somebody's mistake, or somebody's attack. */
export const MOST_LINES = 1_000
const MOST_ERRORS = 20

/**
 * Reads a catalogue as JSON lines (`{"tool", "class": {"access": "read|write", …}, "schema"?}`): every fault with its line,
 * or the tools. Empty lines are skipped; a tool named twice is a fault.
 */
export function parseCatalogue(text: string): { tools: SuggestedTool[] } | { errors: CatalogueError[] } {
  const errors: CatalogueError[] = []
  const tools = new Map<string, SuggestedTool>()
  const lines = text.split('\n')
  if (lines.length > MOST_LINES) return { errors: [{ line: MOST_LINES + 1, detail: `At most ${MOST_LINES} lines.` }] }
  lines.forEach((raw, at) => {
    if (raw.trim() === '' || errors.length >= MOST_ERRORS) return
    const read = readLine(raw)
    if ('detail' in read) errors.push({ line: at + 1, detail: read.detail })
    else if (tools.has(`${read.server}.${read.name}`))
      errors.push({ line: at + 1, detail: `${read.server}.${read.name} is here twice: keep one line.` })
    else tools.set(`${read.server}.${read.name}`, read)
  })
  if (errors.length === 0 && tools.size === 0) errors.push({ line: 1, detail: 'There is no tool in it.' })
  return errors.length > 0 ? { errors } : { tools: [...tools.values()] }
}

function readLine(raw: string): SuggestedTool | { detail: string } {
  let value: unknown
  try {
    value = parseJson(raw)
  } catch (error) {
    return { detail: isFault(error) ? error.message : 'This line is not JSON.' }
  }
  const parsed = catalogueLine.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { detail: `${issue?.path.join('.') || 'The line'}: ${issue?.message ?? 'not a tool'}` }
  }
  return named(parsed.data)
}

/** Server and tool of a name that the contract has let through. @throws Fault `invalid_request` */
export function namedTool(name: string): { server: string; name: string } {
  const tool = resolveTool(name)
  if (tool === null) throw fault('invalid_request', { field: 'tool', detail: 'That is not the name of a tool.' })
  return { server: tool.server, name: tool.tool }
}

function named(line: CatalogueLine): SuggestedTool | { detail: string } {
  const tool = resolveTool(line.tool)
  if (tool === null) return { detail: 'tool: A tool is "name" or "server.name": letters, digits and _ - . : / only.' }
  return {
    server: tool.server,
    name: tool.tool,
    description: line.description ?? '',
    class: line.class ?? null,
    surface: line.surface ?? null,
    // What zod calls JSON is what the strict parser let through.
    schema: line.schema ?? null,
  }
}
