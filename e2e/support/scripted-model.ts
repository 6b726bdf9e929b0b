import http from 'node:http'
import type { AddressInfo } from 'node:net'

type Block = { type: string; text?: string }
type Message = { role: string; content: string | Block[] }
type Step = { name: string; input: object }

/** A script a session plays: one call of a tool a turn, then it is done. It goes into the prompt. */
export const script = (...steps: readonly Step[]): string => `SCRIPT:${JSON.stringify(steps)}ENDSCRIPT`

/** One command of a shell. */
export const bash = (command: string): Step => ({ name: 'Bash', input: { command, description: 'as it was told' } })

/**
 * A model that plays what the prompt says, behind the Messages API (streamed): what a real client of it needs to be tested without the network.
 * It answers no question of ours, and nothing of ours is behind it.
 */
export async function scriptedModel(): Promise<{ url: string; asked: () => number; close: () => Promise<void> }> {
  let asked = 0
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      if (!new URL(request.url ?? '/', 'http://x').pathname.endsWith('/v1/messages')) {
        response.writeHead(request.method === 'HEAD' ? 200 : 404, { 'content-type': 'application/json' }).end('{}')
        return
      }
      asked += 1
      play(JSON.parse(body) as { model: string; messages: Message[]; tools?: unknown[] }, asked, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

function play(
  { model, messages, tools }: { model: string; messages: Message[]; tools?: unknown[] },
  turn: number,
  response: http.ServerResponse,
): void {
  const done = messages
    .filter(({ role, content }) => role === 'assistant' && Array.isArray(content))
    .flatMap(({ content }) => content as Block[])
    .filter(({ type }) => type === 'tool_use').length
  const step = (tools?.length ?? 0) > 0 ? scriptIn(messages)[done] : undefined
  const block = step
    ? { type: 'tool_use', id: `toolu_${String(turn)}`, name: step.name, input: {} }
    : { type: 'text', text: '' }
  const delta = step
    ? { type: 'input_json_delta', partial_json: JSON.stringify(step.input) }
    : { type: 'text_delta', text: 'done' }
  const usage = { input_tokens: 1, output_tokens: 1 }
  const message = {
    id: `msg_${String(turn)}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const say = (type: string, more: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`)
  say('message_start', { message })
  say('content_block_start', { index: 0, content_block: block })
  say('content_block_delta', { index: 0, delta })
  say('content_block_stop', { index: 0 })
  say('message_delta', {
    delta: { stop_reason: step ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: { output_tokens: 1 },
  })
  say('message_stop', {})
  response.end()
}

function scriptIn(messages: Message[]): Step[] {
  for (const { role, content } of messages) {
    const texts = typeof content === 'string' ? [content] : content.map(({ text }) => text ?? '')
    const found = role === 'user' ? texts.find((text) => text.includes('SCRIPT:')) : undefined
    if (found !== undefined)
      return JSON.parse(found.slice(found.indexOf('SCRIPT:') + 7, found.lastIndexOf('ENDSCRIPT'))) as Step[]
  }
  return []
}
