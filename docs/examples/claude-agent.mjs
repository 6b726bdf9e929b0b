// A governed agent on the Claude Agent SDK. Run it with the agent's credential in the environment; a test does.
import { query } from '@anthropic-ai/claude-agent-sdk'
import { governedHooks } from '../../clients/sdk/claude-agent'

const {
  COUNTERSIGN_SERVER: server,
  COUNTERSIGN_CLIENT_ID: clientId,
  COUNTERSIGN_CLIENT_SECRET: clientSecret,
} = process.env
const hooks = governedHooks({ server, clientId, clientSecret })
for await (const message of query({ prompt: process.argv[2], options: { hooks, settingSources: [] } }))
  process.stdout.write(`${JSON.stringify(message)}\n`)
