import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  type McpServer,
  type McpServerOptions,
} from '@modelcontextprotocol/server'
import { z } from 'zod'

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })
const name = z.object({ name: z.string() })
const ok = z.object({ ok: z.boolean() })
const user = inputRequired.elicit({ message: 'What is your name?', requestedSchema: name })
const sampling = (said: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: said } }], maxTokens })

/** What the servers of these tests keep with their clients between rounds, so that nobody can change it. */
export const rounds = createRequestStateCodec<{ step: number }>({ key: 'a key of a fixture, of thirty-two bytes.' })

/** Options of a server that takes back only what it gave. */
export const verifying: McpServerOptions = {
  requestState: { verify: (state, context) => rounds.verify(state, context) },
}

/** What the conformance suite of MCP 2026-07-28 expects of a server that asks back (SEP-2322). For tests. */
export function conformanceRounds(server: McpServer): void {
  server.registerTool('test_input_required_result_elicitation', { description: 'Asks back.' }, (context) => {
    const given = acceptedContent(context.mcpReq.inputResponses, 'user_name', name)
    return given === undefined ? inputRequired({ inputRequests: { user_name: user } }) : text(`Hello, ${given.name}!`)
  })
  server.registerTool('test_input_required_result_sampling', { description: 'Asks a model.' }, ({ mcpReq }) =>
    mcpReq.inputResponses?.capital_question === undefined
      ? inputRequired({ inputRequests: { capital_question: sampling('What is the capital of France?', 100) } })
      : text(JSON.stringify(mcpReq.inputResponses.capital_question)),
  )
  server.registerTool('test_input_required_result_list_roots', { description: 'Asks for roots.' }, ({ mcpReq }) =>
    mcpReq.inputResponses?.client_roots === undefined
      ? inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
      : text(JSON.stringify(mcpReq.inputResponses.client_roots)),
  )
  const confirm = inputRequired.elicit({ message: 'Please confirm', requestedSchema: ok })
  for (const tool of ['test_input_required_result_request_state', 'test_input_required_result_tampered_state'])
    server.registerTool(tool, { description: 'Keeps a state.' }, async ({ mcpReq }) =>
      mcpReq.requestState() === undefined
        ? inputRequired({ inputRequests: { confirm }, requestState: await rounds.mint({ step: 1 }) })
        : text('state-ok'),
    )
  server.registerTool(
    'test_input_required_result_multiple_inputs',
    { description: 'Asks much.' },
    async ({ mcpReq }) =>
      mcpReq.requestState() === undefined
        ? inputRequired({
            inputRequests: {
              user_name: user,
              greeting: sampling('Generate a greeting', 50),
              client_roots: inputRequired.listRoots(),
            },
            requestState: await rounds.mint({ step: 1 }),
          })
        : text(Object.keys(mcpReq.inputResponses ?? {}).join(' ')),
  )
  server.registerTool('test_input_required_result_multi_round', { description: 'Asks twice.' }, async ({ mcpReq }) => {
    const step = mcpReq.requestState<{ step: number }>()?.step ?? 0
    const asked = [
      inputRequired.elicit({ message: 'Step 1: What is your name?', requestedSchema: name }),
      inputRequired.elicit({
        message: 'Step 2: What is your favorite color?',
        requestedSchema: z.object({ color: z.string() }),
      }),
    ][step]
    if (asked === undefined) return text('Done.')
    const requestState = await rounds.mint({ step: step + 1 })
    return inputRequired({ inputRequests: { [`step${String(step + 1)}`]: asked }, requestState })
  })
  server.registerTool('test_input_required_result_capabilities', { description: 'Asks who can.' }, ({ mcpReq }) => {
    const envelope = (mcpReq.envelope ?? {}) as Record<string, Record<string, unknown> | undefined>
    const can = envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}
    return inputRequired({
      inputRequests: {
        ...(can.sampling !== undefined && { question: sampling('What is the capital of France?', 100) }),
        ...(can.elicitation !== undefined && { user_name: user }),
      },
      requestState: 'asked',
    })
  })
  const context = z.object({ context: z.string() })
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks back.' }, ({ mcpReq }) => {
    const given = acceptedContent(mcpReq.inputResponses, 'user_context', context)
    const asked = { message: 'What context should the prompt use?', requestedSchema: context }
    if (given === undefined) return inputRequired({ inputRequests: { user_context: inputRequired.elicit(asked) } })
    return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: given.context } }] }
  })
}

/** The tools that every server the suite speaks to has to have, of one that offers no tasks: each just answers. For tests. */
export function conformanceWithoutTasks(server: McpServer): void {
  for (const tool of ['slow_compute', 'failing_job', 'protocol_error_job', 'confirm_delete', 'multi_input'])
    server.registerTool(tool, { description: 'Answers at once.', inputSchema: z.looseObject({}) }, () => text('Done.'))
  server.registerTool('test_tool_with_task', { description: 'Asks back.' }, ({ mcpReq }) => {
    const given = acceptedContent(mcpReq.inputResponses, 'user_name', name)
    return given === undefined ? inputRequired({ inputRequests: { user_name: user } }) : text(`Hello, ${given.name}!`)
  })
}
