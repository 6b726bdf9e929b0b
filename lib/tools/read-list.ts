import { canonicalBytes } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { parseJson, type JsonObject, type JsonValue } from '@/lib/core/json'
import { toolDigest, type ToolDescription } from './digest'
import { resolveTool } from './tool'

/** One tool as its server lists it, with the digest of what it says. `unkept`: why its words are not kept as they came. */
export type ServedTool = ToolDescription & { name: string; digest: Buffer; unkept: string | null }

/** A tool of a list that cannot be kept under any name, by its place from 0. */
export type UnreadTool = { at: number; detail: string }

/** Bounds on what a server may say. More tools, or more of one tool, are a mistake or an attack. */
export const MOST_LISTED = 1_000
const LONGEST_TITLE = 500
const LONGEST_DESCRIPTION = 20_000
const LARGEST_SCHEMA = 65_536
const LARGEST_ANNOTATIONS = 4_096

/**
 * Reads the answer of an MCP server to `tools/list` (MCP 2025-06-18): the result `{"tools": […]}`, a whole JSON-RPC response, or the
 * list alone. Keys that are not known are ignored. A tool whose words are too large is kept without them and with the digest of all
 * of them, so that saying too much is a change like any other.
 * @param server the name under which agents call its tools
 * @throws Fault `invalid_request` when it is no such list
 */
export function readToolList(server: string, text: string): { tools: ServedTool[]; unread: UnreadTool[] } {
  return readTools(server, listIn(parseJson(text)))
}

/** The same for the `tools` of a result that was parsed already; an empty one is a list, too. @throws Fault `invalid_request` */
export function readTools(server: string, listed: readonly JsonValue[]): { tools: ServedTool[]; unread: UnreadTool[] } {
  if (listed.length > MOST_LISTED)
    throw fault('invalid_request', { field: 'list', detail: `At most ${String(MOST_LISTED)} tools in one list.` })
  const tools = new Map<string, ServedTool>()
  const unread: UnreadTool[] = []
  listed.forEach((value, at) => {
    const tool = isObject(value) ? value : null
    const name = tool?.name
    if (tool === null || typeof name !== 'string') unread.push({ at, detail: 'It is no tool with a name.' })
    else if (resolveTool(`${server}.${name}`)?.tool !== name)
      unread.push({ at, detail: 'Its name is not one: letters, digits and _ - . : / only, at most 128.' })
    else if (tools.has(name)) unread.push({ at, detail: 'A tool of this name is in the list already.' })
    else tools.set(name, served(name, tool))
  })
  return { tools: [...tools.values()], unread }
}

function served(name: string, tool: JsonObject): ServedTool {
  const said = {
    title: textOf(tool.title),
    description: textOf(tool.description),
    schema: schemaOf(tool.inputSchema),
    annotations: isObject(tool.annotations) ? tool.annotations : null,
  }
  const digest = toolDigest(said)
  const detail = tooMuch(said)
  if (detail === null) return { name, ...said, digest, unkept: null }
  return { name, title: '', description: detail, schema: null, annotations: null, digest, unkept: detail }
}

function tooMuch({ title, description, schema, annotations }: ToolDescription): string | null {
  if (title.length > LONGEST_TITLE) return 'Not kept: its title is too long.'
  if (description.length > LONGEST_DESCRIPTION) return 'Not kept: its description is too long.'
  if (canonicalBytes(schema).length > LARGEST_SCHEMA) return 'Not kept: its schema is too large.'
  return canonicalBytes(annotations).length > LARGEST_ANNOTATIONS ? 'Not kept: its annotations are too large.' : null
}

function listIn(value: JsonValue): JsonValue[] {
  const result = isObject(value) && isObject(value.result) ? value.result : value
  const tools = isObject(result) ? result.tools : result
  if (Array.isArray(tools) && tools.length > 0) return tools
  throw fault('invalid_request', {
    field: 'list',
    detail: 'That is no answer to tools/list with a tool in it: {"tools": [{"name": "…", "inputSchema": {…}}]}.',
  })
}

// What is no text is said all the same: as JSON, so that no change of it goes unseen.
const textOf = (value: JsonValue | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

const schemaOf = (value: JsonValue | undefined): JsonObject | boolean | null =>
  isObject(value) || typeof value === 'boolean' ? value : null

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
