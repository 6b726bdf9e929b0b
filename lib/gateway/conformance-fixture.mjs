// The server the conformance suite of MCP expects to speak to (2025-11-25, with sessions), written for tests with SDK 1.x, which is imported
// from the folder named by SDK: it is installed at test time and no dependency.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'

const sdk = (file) => import(pathToFileURL(`${process.env.SDK}/@modelcontextprotocol/sdk/dist/esm/${file}`).href)
const { McpServer, ResourceTemplate } = await sdk('server/mcp.js')
const { StreamableHTTPServerTransport } = await sdk('server/streamableHttp.js')
const {
  CompleteRequestSchema,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
  ElicitResultSchema,
  CreateMessageResultSchema,
} = await sdk('types.js')
const { z } = await import(pathToFileURL(`${process.env.SDK}/zod/index.js`).href)

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='
const text = (said) => ({ content: [{ type: 'text', text: said }] })
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

function made() {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        logging: {},
        completions: {},
        resources: { subscribe: true, listChanged: true },
        tools: { listChanged: true },
        prompts: { listChanged: true },
      },
    },
  )
  const tool = (name, act, inputSchema) =>
    server.registerTool(name, { description: `Fixture ${name}.`, ...(inputSchema && { inputSchema }) }, act)
  const embedded = {
    type: 'resource',
    resource: {
      uri: 'test://embedded-resource',
      mimeType: 'text/plain',
      text: 'This is an embedded resource content.',
    },
  }
  const image = { type: 'image', data: PNG, mimeType: 'image/png' }
  tool('test_simple_text', () => text('This is a simple text response for testing.'))
  tool('test_image_content', () => ({ content: [image] }))
  tool('test_audio_content', () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }))
  tool('test_embedded_resource', () => ({ content: [embedded] }))
  tool('test_multiple_content_types', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }))
  tool('test_error_handling', () => {
    throw new Error('This tool intentionally returns an error for testing')
  })
  const log = (extra, data) =>
    extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
  tool('test_tool_with_logging', async (extra) => {
    for (const said of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await log(extra, said)
      await pause(50)
    }
    return text('Tool with logging executed successfully')
  })
  tool('test_tool_with_progress', async (extra) => {
    const progressToken = extra._meta?.progressToken ?? 0
    for (const progress of [0, 50, 100]) {
      await extra.sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100 },
      })
      await pause(50)
    }
    return text(String(progressToken))
  })
  tool(
    'test_sampling',
    async ({ prompt }, extra) => {
      const params = { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens: 100 }
      const result = await extra.sendRequest({ method: 'sampling/createMessage', params }, CreateMessageResultSchema)
      return text(`LLM response: ${result.content.text ?? 'none'}`)
    },
    { prompt: z.string() },
  )
  const elicit = async (extra, message, requestedSchema) => {
    const result = await extra.sendRequest(
      { method: 'elicitation/create', params: { message, requestedSchema } },
      ElicitResultSchema,
    )
    return text(`User response: action=${result.action}, content=${JSON.stringify(result.content ?? {})}`)
  }
  const strings = {
    type: 'object',
    properties: { username: { type: 'string' }, email: { type: 'string' } },
    required: ['username', 'email'],
  }
  tool('test_elicitation', ({ message }, extra) => elicit(extra, message, strings), { message: z.string() })
  tool('test_elicitation_sep1034_defaults', (extra) =>
    elicit(extra, 'Defaults', {
      type: 'object',
      properties: {
        name: { type: 'string', default: 'John Doe' },
        age: { type: 'integer', default: 30 },
        score: { type: 'number', default: 95.5 },
        status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
        verified: { type: 'boolean', default: true },
      },
      required: [],
    }),
  )
  tool('test_reconnection', async (extra) => {
    extra.closeSSEStream?.()
    await pause(100)
    return text('Reconnection test completed successfully.')
  })
  server.registerResource('static-text', 'test://static-text', { mimeType: 'text/plain' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
  }))
  server.registerResource('static-binary', 'test://static-binary', { mimeType: 'image/png' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'image/png', blob: PNG }],
  }))
  server.registerResource('watched', 'test://watched-resource', { mimeType: 'text/plain' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'Watched.' }],
  }))
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  )
  const said = (content) => ({ messages: [{ role: 'user', content }] })
  server.registerPrompt('test_simple_prompt', { description: 'A prompt.' }, () =>
    said({ type: 'text', text: 'This is a simple prompt for testing.' }),
  )
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'A prompt.', argsSchema: { arg1: z.string(), arg2: z.string() } },
    ({ arg1, arg2 }) => said({ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt.', argsSchema: { resourceUri: z.string() } },
    ({ resourceUri }) =>
      said({
        type: 'resource',
        resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
      }),
  )
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt.' }, () => said(image))
  const { server: low } = server
  low.setRequestHandler(CompleteRequestSchema, () => ({
    completion: { values: ['paris', 'park', 'party'], total: 3, hasMore: false },
  }))
  low.setRequestHandler(SetLevelRequestSchema, () => ({}))
  low.setRequestHandler(SubscribeRequestSchema, () => ({}))
  low.setRequestHandler(UnsubscribeRequestSchema, () => ({}))
  return server
}

/** Keeps events so that a client can fetch what it missed. */
class Events {
  #all = []
  storeEvent(streamId, message) {
    const id = `${streamId}_${String(this.#all.length)}`
    this.#all.push({ id, streamId, message })
    return Promise.resolve(id)
  }
  async replayEventsAfter(lastId, { send }) {
    const at = this.#all.findIndex(({ id }) => id === lastId)
    const { streamId } = this.#all[at] ?? {}
    for (const { id, message, streamId: own } of this.#all.slice(at + 1))
      if (own === streamId && (message.method !== undefined) | (message.id !== undefined)) await send(id, message)
    return streamId
  }
}

const sessions = new Map()
createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', async () => {
    // what a server on this machine does against DNS rebinding
    const foreign = [request.headers.host, request.headers.origin].some(
      (one) => one !== undefined && !/^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(one),
    )
    if (foreign) return response.writeHead(403).end()
    const known = sessions.get(request.headers['mcp-session-id'])
    const parsed = body === '' ? undefined : JSON.parse(body)
    if (known) return known.handleRequest(request, response, parsed)
    if (parsed?.method !== 'initialize')
      return response
        .writeHead(request.headers['mcp-session-id'] ? 404 : 400, { 'content-type': 'application/json' })
        .end('{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"No session"}}')
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => sessions.set(id, transport),
      eventStore: new Events(),
      retryInterval: 500,
    })
    await made().connect(transport)
    await transport.handleRequest(request, response, parsed)
  })
}).listen(0, '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${String(this.address().port)}/mcp`)
})
