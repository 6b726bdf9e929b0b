import { sha256 } from '@/lib/core/canonical'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import type { Proposal } from '@/lib/decisions/contract'
import { LOCAL_SERVER, resolveTool } from '@/lib/tools/tool'
import type { HookEvent } from './event'
import { fetches } from './fetches'
import { fromFolder, toFolder, type Place } from './place'

/** One call of a tool, as decisions know it. */
export type Call = {
  proposal: Pick<Proposal, 'tool' | 'arguments' | 'reasoning'>
  /** content nobody vouches for that its result brings into the run; null where it brings none */
  brings: string | null
  /** what the call was, before it was mapped: an edited action is handed back in this form */
  given: JsonObject
  /** over the tool and its input: the same call again, by another event */
  likeness: Buffer
  place: Place
}

/** The server of Claude Code's own tools, in a boundary: `claude-code.Bash`. */
export const OWN_SERVER = 'claude-code'
const RESERVED: ReadonlySet<string> = new Set([OWN_SERVER, LOCAL_SERVER])
const MCP = /^mcp__([A-Za-z0-9_-]+?)__(.+)$/
/** Claude Code's own tools whose answer comes from the open web. */
const WEB: ReadonlySet<string> = new Set(['WebFetch', 'WebSearch'])
/** Those that hand on what an MCP server has to read. The one that lists may ask all of them. */
const MCP_READING: ReadonlySet<string> = new Set([
  'ReadMcpResourceTool',
  'ReadMcpResourceDirTool',
  'ListMcpResourcesTool',
])
const MOST_SUMMARY = 2_000
const NOWHERE: Place = { folder: null, stands: false }

/**
 * What a call of Claude Code is to a boundary. Its own tools are `claude-code.NAME`; those of an MCP server are `server.tool`, and no server can
 * pass for Claude Code itself. A name no boundary could write is `claude-code.unnamed_tool`, with what it called itself as an argument.
 *
 * The description the model writes beside a command changes nothing about what runs: it is the reasoning, so that the same command asked
 * for again in other words is the same request. Where a command would run belongs to it: relative paths are judged from there.
 */
export function callOf(event: Pick<HookEvent, 'tool_name' | 'tool_input' | 'cwd'>, place: Place = NOWHERE): Call {
  const named = event.tool_name ?? ''
  const given = objectOf(event.tool_input)
  const likeness = sha256(JSON.stringify([named, event.tool_input ?? null]))
  const tool = toolOf(named)
  if (tool === null)
    return {
      proposal: { tool: `${OWN_SERVER}.unnamed_tool`, arguments: { name: named, input: given } },
      brings: 'unnamed tool',
      given,
      likeness,
      place,
    }
  const base = { given, likeness, place, brings: bringsOf(tool, given) }
  const own = tool.startsWith(`${OWN_SERVER}.`)
  if (tool !== `${OWN_SERVER}.Bash`)
    return { ...base, proposal: { tool, arguments: own ? fromFolder(given, place) : given } }
  const { description, ...rest } = given
  const summary = typeof description === 'string' && description !== '' ? description.slice(0, MOST_SUMMARY) : undefined
  return {
    ...base,
    proposal: {
      tool,
      arguments: fromFolder(
        // the client's own word, over one the model may have written into its input
        { ...rest, ...(event.cwd !== undefined && { cwd: event.cwd }) },
        place,
      ),
      ...(summary !== undefined && { reasoning: { summary } }),
    },
  }
}

/** The tool as a boundary names it; null where none could. */
export function toolOf(named: string): string | null {
  const [, server, mcp] = MCP.exec(named) ?? []
  if (server === undefined || mcp === undefined) {
    const own = `${OWN_SERVER}.${named}`
    return named === '' || resolveTool(own) === null ? null : own
  }
  const name = `${RESERVED.has(server.toLowerCase()) ? `mcp_${server}` : server}.${mcp}`
  return resolveTool(name) === null ? null : name
}

/** The input Claude Code is to use in place of its own, where a person edited the arguments. */
export function inputOf(call: Call, edited: JsonObject): JsonObject {
  const { tool } = call.proposal
  if (tool !== `${OWN_SERVER}.Bash`) return tool.startsWith(`${OWN_SERVER}.`) ? toFolder(edited, call.place) : edited
  // where it ran was ours to say, and is not among what the shell is given
  const { cwd: _, ...rest } = edited
  const { description } = call.given
  return { ...rest, ...(description !== undefined && { description }) }
}

function bringsOf(tool: string, given: JsonObject): string | null {
  const server = tool.slice(0, tool.indexOf('.'))
  const own = tool.slice(server.length + 1)
  if (server !== OWN_SERVER) return `mcp:${tool}`.slice(0, 500)
  if (WEB.has(own)) return `web:${typeof given.url === 'string' ? hostOf(given.url) : 'search'}`
  if (MCP_READING.has(own)) return `mcp:${typeof given.server === 'string' ? given.server : 'resources'}`.slice(0, 500)
  if (own === 'Bash' && typeof given.command === 'string' && fetches(given.command)) return 'web:command'
  return null
}

function hostOf(url: string): string {
  try {
    return new URL(url).host.slice(0, 253) || 'unknown'
  } catch {
    return 'unknown'
  }
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : { input: (value ?? null) as JsonValue }
