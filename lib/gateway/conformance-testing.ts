import { completable, ResourceTemplate, type McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { conformanceRounds, conformanceWithoutTasks } from '@/lib/gateway/conformance-rounds-testing'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='
const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' }
const resource = (uri: string, mimeType: string, said: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType, text: said },
})
const said = (content: typeof image | ReturnType<typeof resource> | { type: 'text'; text: string }) => ({
  messages: [{ role: 'user' as const, content }],
})

/** The server that the conformance suite of MCP 2026-07-28 expects to speak to, but for tasks, which it does not offer. For tests. */
export function conformanceServer(server: McpServer): void {
  server.registerTool('test_simple_text', { description: 'Says something.' }, () =>
    text('This is a simple text response for testing.'),
  )
  server.registerTool('test_image_content', { description: 'Shows something.' }, () => ({ content: [image] }))
  server.registerTool('test_audio_content', { description: 'Sounds.' }, () => ({
    content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }],
  }))
  server.registerTool('test_embedded_resource', { description: 'Holds a resource.' }, () => ({
    content: [resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
  }))
  server.registerTool('test_multiple_content_types', { description: 'Says and shows.' }, () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      resource('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ],
  }))
  server.registerTool('test_error_handling', { description: 'Fails.' }, () => {
    throw new Error('This tool intentionally returns an error for testing')
  })
  server.registerTool(
    'test_headers',
    { description: 'Takes a value.', inputSchema: z.object({ value: z.string().optional() }) },
    () => ({ content: [] }),
  )
  server.registerTool('test_tool_with_progress', { description: 'Goes step by step.' }, async (context) => {
    const progressToken = context.mcpReq._meta?.progressToken ?? 0
    for (const progress of [0, 50, 100])
      await context.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100 },
      })
    return text(String(progressToken))
  })
  server.registerTool('test_logging_tool', { description: 'Logs what it is let log.' }, async (context) => {
    await context.mcpReq.log('info', 'It runs.')
    return text('It ran.')
  })
  server.registerTool('test_streaming_elicitation', { description: 'Would ask.' }, () => text('It asks nothing.'))
  const name = z.object({ name: z.string() })
  server.registerTool('greet', { description: 'Greets.', inputSchema: name }, (given) => text(`Hello, ${given.name}!`))
  conformanceRounds(server)
  conformanceWithoutTasks(server)
  resources(server)
  prompts(server)
}

function resources(server: McpServer): void {
  server.registerResource('static-text', 'test://static-text', { mimeType: 'text/plain' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
  }))
  server.registerResource('static-binary', 'test://static-binary', { mimeType: 'image/png' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'image/png', blob: PNG }],
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
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
        },
      ],
    }),
  )
}

function prompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt.' }, () =>
    said({ type: 'text', text: 'This is a simple prompt for testing.' }),
  )
  const argsSchema = z.object({
    arg1: completable(z.string(), () => ['paris', 'park', 'party']),
    arg2: z.string(),
  })
  server.registerPrompt('test_prompt_with_arguments', { description: 'A prompt.', argsSchema }, ({ arg1, arg2 }) =>
    said({ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => said(resource(resourceUri, 'text/plain', 'Embedded resource content for testing.')),
  )
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt.' }, () => said(image))
}
