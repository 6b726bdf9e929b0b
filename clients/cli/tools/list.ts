import type { JsonValue } from '@/lib/core/json'
import { isObject, LARGEST_ANSWER, type Peer, trouble } from './peer'

/** The newest protocol this speaks (modelcontextprotocol.io, 2025-06-18); a server answers with the one it speaks. */
const PROTOCOL = '2025-06-18'
const MOST_PAGES = 100
const MOST_TOOLS = 1_000

/** Opens a session, reads every page of tools/list, and closes it, whatever happens. `calls`: what the server calls itself. */
export async function listTools(peer: Peer): Promise<{ calls: string; tools: JsonValue[] }> {
  try {
    const opened = await peer.request('initialize', {
      protocolVersion: PROTOCOL,
      capabilities: {},
      clientInfo: { name: 'countersign', version: '1' },
    })
    await peer.notify('notifications/initialized')
    const info = isObject(opened.serverInfo) ? opened.serverInfo.name : undefined
    return { calls: typeof info === 'string' ? info : '', tools: await everyPage(peer) }
  } finally {
    await peer.close()
  }
}

async function everyPage(peer: Peer): Promise<JsonValue[]> {
  const tools: JsonValue[] = []
  let cursor: string | null = null
  let bytes = 0
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await peer.request('tools/list', cursor === null ? {} : { cursor })
    if (!Array.isArray(answer.tools)) throw trouble('answers tools/list without a list.')
    tools.push(...answer.tools)
    bytes += JSON.stringify(answer.tools).length
    if (tools.length > MOST_TOOLS) throw trouble(`has more than ${String(MOST_TOOLS)} tools.`)
    if (bytes > LARGEST_ANSWER) throw trouble('says more than a megabyte of its tools.')
    cursor = typeof answer.nextCursor === 'string' && answer.nextCursor !== '' ? answer.nextCursor : null
    if (cursor === null) return tools
  }
  throw trouble('never comes to the end of its list.')
}
