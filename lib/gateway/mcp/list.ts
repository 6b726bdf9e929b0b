import type { JsonObject, JsonValue } from '@/lib/core/json'
import { db } from '@/lib/db/client'
import { asCaller } from '@/lib/gateway/agent-request'
import { gateEpoch } from '@/lib/halt/present'
import { takeTools } from '@/lib/tools/import-list'
import { MOST_LISTED, readTools } from '@/lib/tools/read-list'
import { resolveTool, type ToolName } from '@/lib/tools/tool'
import { upstreamError } from '@/lib/upstreams/failure'
import type { Party } from './deps'
import { isObject } from './message'
import { readerOf } from './methods'

const AT_ONCE = 16

/**
 * The answer to a list as this agent may see it (C08). Tools are first compared with their pins in the catalogue: new ones are registered for a
 * person to say what they do, one that changed is withheld until a person has read it. Then what the agent could not be let to call is
 * left out. Fields that no pin covers and that hold words are not passed on.
 */
export async function listed(party: Party, method: string, message: JsonObject): Promise<JsonObject> {
  const { result } = message
  if (!isObject(result)) return message
  if (method === 'tools/list') return { ...message, result: { ...result, tools: await toolsFor(party, result.tools) } }
  const reader = readerOf(method)
  if (reader !== null) {
    const tool = resolveTool(`${party.upstream.name}.${reader}`)
    if (tool !== null && (await reaches(party, tool, await gateEpoch(party.mcp.machines.connections)))) return message
    const key = method === 'prompts/list' ? 'prompts' : method === 'resources/list' ? 'resources' : 'resourceTemplates'
    return { ...message, result: { ...result, [key]: [] } }
  }
  if (method === 'initialize' || method === 'server/discover') return { ...message, result: greeted(result) }
  return message
}

async function toolsFor(party: Party, value: JsonValue | undefined): Promise<JsonValue[]> {
  const { mcp, upstream } = party
  const given = Array.isArray(value) ? value : []
  if (given.length > MOST_LISTED) throw upstreamError('upstream_too_large')
  const read = readTools(upstream.name, given)
  if (read.tools.length > 0) await takeTools(db(), null, upstream.name, read, mcp.gateway.now())
  const shown = new Map<string, JsonObject>()
  // what nothing is kept of cannot be pinned, and is not shown
  for (const { name, unkept } of read.tools) {
    const tool = given.find((one): one is JsonObject => isObject(one) && one.name === name)
    if (tool !== undefined && unkept === null) shown.set(name, pinned(tool))
  }
  const names = [...shown.keys()]
  // what was pinned, signed or halted until now counts, whatever this process remembers
  const epoch = await gateEpoch(mcp.machines.connections)
  const allowed: JsonValue[] = []
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE)
    const answers = await Promise.all(
      some.map(async (name) => {
        const tool = resolveTool(`${upstream.name}.${name}`)
        return tool !== null && reaches(party, tool, epoch)
      }),
    )
    some.forEach((name, i) => {
      if (answers[i] === true) allowed.push(shown.get(name) ?? null)
    })
  }
  return allowed
}

/** Whether the agent could be let to call it, and its server says of it what was pinned. */
async function reaches({ mcp, principal }: Party, tool: ToolName, epoch: bigint): Promise<boolean> {
  const { decider } = mcp.machines
  const caller = asCaller(principal)
  const standing = await decider.standingOf(caller, tool, epoch)
  return standing.tool?.changed !== true && decider.reaches(caller, standing, tool)
}

/**
 * Whether a tool is withheld: its server says something else of it than what was pinned, and nobody has read that. It is in no list, and no call
 * of it is taken.
 */
export async function isWithheld({ mcp, principal }: Party, tool: ToolName): Promise<boolean> {
  const epoch = await gateEpoch(mcp.machines.connections)
  return (await mcp.machines.decider.standingOf(asCaller(principal), tool, epoch)).tool?.changed === true
}

/** What of a tool is passed on: what its pin covers, and the shape of its output without words. */
function pinned({ name, title, description, inputSchema, outputSchema, annotations }: JsonObject): JsonObject {
  return {
    name: name ?? null,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(inputSchema !== undefined && { inputSchema }),
    ...(outputSchema !== undefined && { outputSchema: wordless(outputSchema) }),
    ...(annotations !== undefined && { annotations }),
  }
}

const WORDS: ReadonlySet<string> = new Set(['description', 'title', '$comment', 'examples', 'default'])

/** A schema without what only a model would read: nobody has read it, and nothing pins it. */
function wordless(schema: JsonValue, named = false): JsonValue {
  if (Array.isArray(schema)) return schema.map((one) => wordless(one))
  if (!isObject(schema)) return schema
  // under `properties` a key is a name, and not a word of the schema's
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      !named && WORDS.has(key)
        ? []
        : [[key, wordless(value, !named && ['properties', '$defs', 'definitions', 'patternProperties'].includes(key))]],
    ),
  )
}

/** What a server says at the beginning: its `instructions` go into the context of a model, and nobody has read them; tasks are not offered. */
function greeted({ instructions: _, ...result }: JsonObject): JsonObject {
  if (!isObject(result.capabilities)) return result
  const { tasks: __, ...capabilities } = result.capabilities
  return { ...result, capabilities }
}
