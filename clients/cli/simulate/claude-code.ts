import { createReadStream, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import { resolveTool } from '@/lib/tools/tool'
import { EXITS } from '../shared/exits'
import { Trouble } from '../shared/trouble'

/** A call that Claude Code made. `cwd`: where; `at`: ms since 1970, null where it is not said. */
export type ClaudeCall = {
  tool: string
  arguments: JsonObject
  cwd: string | null
  session: string | null
  at: number | null
}

const LONGEST_LINE = 8_388_608
const MCP = /^mcp__([A-Za-z0-9_-]+?)__(.+)$/

/**
 * The calls in a folder of Claude Code: its transcripts (`projects/…/SESSION.jsonl`), and captured hook inputs, a JSON document each or
 * line by line. What is neither is passed over: the format is another program's, and grows.
 * @throws Trouble where the folder cannot be read
 */
export async function* claudeCodeCalls(folder: string): AsyncGenerator<ClaudeCall> {
  for (const file of filesIn(folder)) {
    if (file.endsWith('.json')) yield* callsIn(await wholeOf(file))
    else
      for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }))
        if (line.length <= LONGEST_LINE) yield* callsIn(parsed(line))
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.jsonl?$/.test(file))
      .map((file) => path.join(folder, file))
      .filter((file) => statSync(file).isFile())
      .toSorted()
  } catch {
    throw new Trouble(`${folder}: there is no such folder, or it may not be read.`, EXITS.unusable)
  }
}

async function wholeOf(file: string): Promise<JsonValue> {
  let text = ''
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    text += chunk
    if (text.length > LONGEST_LINE) return null
  }
  return parsed(text)
}

/** The calls in one line, or in a document of several: an assistant's `tool_use`, or what a `PreToolUse` hook was given. */
function* callsIn(value: JsonValue): Generator<ClaudeCall> {
  if (!isObject(value)) {
    if (Array.isArray(value)) for (const each of value) yield* callsIn(each)
    return
  }
  if (typeof value.hook_event_name === 'string') {
    if (value.hook_event_name === 'PreToolUse') yield* callOf(value.tool_name, value.tool_input, value)
    return
  }
  if (value.type === undefined && Object.values(value).every(isObject)) {
    for (const each of Object.values(value)) yield* callsIn(each)
    return
  }
  const content = isObject(value.message) ? value.message.content : null
  if (value.type !== 'assistant' || !Array.isArray(content)) return
  for (const block of content)
    if (isObject(block) && block.type === 'tool_use') yield* callOf(block.name, block.input, value)
}

function* callOf(name: JsonValue | undefined, input: JsonValue | undefined, around: JsonObject): Generator<ClaudeCall> {
  if (typeof name !== 'string' || !isObject(input)) return
  const [, server, mcp] = MCP.exec(name) ?? []
  const tool = server === undefined ? `claude-code.${name}` : `${server}.${mcp ?? ''}`
  if (resolveTool(tool) === null) return
  const { cwd, timestamp, sessionId, session_id: hooked } = around
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  const session = sessionId ?? hooked
  yield {
    tool,
    arguments: input,
    cwd: typeof cwd === 'string' ? cwd : null,
    session: typeof session === 'string' ? session : null,
    at: Number.isNaN(at) ? null : at,
  }
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return null
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
