import type { JsonObject } from '@/lib/core/json'
import { EXITS } from '../shared/exits'
import { Trouble, usage } from '../shared/trouble'
import { LARGEST_ANSWER, LONGEST_MS, message, type Peer, resultFor, trouble } from './peer'

/**
 * An MCP server over Streamable HTTP (MCP 2025-06-18, "Transports"): each message is a POST, answered with JSON or a stream of
 * events. Redirects are not followed, so that a header meant for one server never reaches another.
 * @throws Trouble when `url` is none of http or https, or a header has no name
 */
export function overHttp(url: string, headers: readonly string[]): Peer {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw usage('--mcp is a URL: http://localhost:8080/mcp.')
  const given = Object.fromEntries(headers.map(header))
  let id = 0
  let session: string | null = null
  let protocol: string | null = null
  const send = async (body: JsonObject | null, method = 'POST'): Promise<Response> => {
    try {
      return await fetch(url, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(LONGEST_MS),
        headers: {
          ...given,
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...(session !== null && { 'mcp-session-id': session }),
          ...(protocol !== null && { 'mcp-protocol-version': protocol }),
        },
        ...(body !== null && { body: JSON.stringify(body) }),
      })
    } catch (error) {
      throw trouble(`at ${url} cannot be reached: ${reasonOf(error)}.`, EXITS.unreachable)
    }
  }
  return {
    request: async (method, params) => {
      id += 1
      const response = await send({ jsonrpc: '2.0', id, method, params })
      if (!response.ok) {
        await response.body?.cancel()
        throw trouble(`answers ${method} with HTTP ${String(response.status)}.`)
      }
      session = response.headers.get('mcp-session-id') ?? session
      const result = await answerIn(response, id)
      if (method === 'initialize' && typeof result.protocolVersion === 'string') protocol = result.protocolVersion
      return result
    },
    notify: async (method) => {
      const response = await send({ jsonrpc: '2.0', method })
      await response.body?.cancel()
    },
    close: async () => {
      if (session === null) return
      const response = await send(null, 'DELETE').catch(() => null)
      await response?.body?.cancel()
    },
  }
}

async function answerIn(response: Response, id: number): Promise<JsonObject> {
  const events = (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
  let text = ''
  let seen = 0
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      seen += chunk.length
      if (seen > LARGEST_ANSWER) throw trouble('answers with more than a megabyte.')
      text += decoder.decode(chunk, { stream: true })
      if (!events) continue
      const parts = text.split(/\r?\n\r?\n/)
      text = parts.pop() ?? ''
      for (const part of parts) {
        const found = inEvent(part, id)
        if (found !== null) return found
      }
    }
  } catch (error) {
    if (error instanceof Trouble) throw error
    throw trouble(`stops in the middle of its answer: ${reasonOf(error)}.`)
  }
  const found = events ? inEvent(text, id) : resultFor(id, message(text))
  if (found === null) throw trouble('does not answer.')
  return found
}

/** The data of one event (WHATWG HTML §9.2), where it holds the answer. */
function inEvent(event: string, id: number): JsonObject | null {
  const data = event
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []))
  return data.length === 0 ? null : resultFor(id, message(data.join('\n')))
}

function header(text: string): [string, string] {
  const colon = text.indexOf(':')
  if (colon < 1) throw usage('--header is "Name: value".')
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'nobody knows why'
  const cause = error.cause instanceof Error ? error.cause : error
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}
