// Tries an example without a provider of models: `node try.mjs openai-agents|vercel-ai ORDER AMOUNT`. The model is a script that asks for one refund,
// and then says what its tool answered. The refunds go to the address in CRM.
import { CountersignClient } from '@countersign/sdk'

const [name, order, amount] = process.argv.slice(2)
const {
  COUNTERSIGN_SERVER: server,
  COUNTERSIGN_CLIENT_ID: clientId,
  COUNTERSIGN_CLIENT_SECRET: clientSecret,
  CRM,
} = process.env
const client = new CountersignClient({ server, clientId, clientSecret })
const call = JSON.stringify({ order, amount: Number(amount) })

const MODELS = {
  'openai-agents': async () => {
    const { Usage } = await import('@openai/agents')
    return {
      getResponse: async ({ input }) => {
        const told = Array.isArray(input) ? input.find(({ type }) => type === 'function_call_result') : undefined
        const said = {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: JSON.stringify(told?.output) }],
        }
        const asked = { type: 'function_call', callId: 'call_1', name: 'refund', status: 'completed', arguments: call }
        return { usage: new Usage(), output: [told === undefined ? asked : said] }
      },
    }
  },
  'vercel-ai': async () => {
    const { MockLanguageModelV3 } = await import('ai/test')
    const tokens = { total: 1 }
    return new MockLanguageModelV3({
      doGenerate: async ({ prompt }) => {
        const told = prompt.find(({ role }) => role === 'tool')?.content[0]
        const asked = { type: 'tool-call', toolCallId: 'call_1', toolName: 'refund', input: call }
        const said = { type: 'text', text: JSON.stringify(told?.output) }
        const unified = told === undefined ? 'tool-calls' : 'stop'
        return {
          content: [told === undefined ? asked : said],
          finishReason: { unified, raw: unified },
          usage: { inputTokens: tokens, outputTokens: tokens },
          warnings: [],
        }
      },
    })
  },
}

const crm = {
  refund: async ({ order, amount }, { signal }) => {
    const made = await fetch(`${CRM}/orders/${order}/refunds`, {
      method: 'POST',
      body: JSON.stringify({ amount }),
      signal,
    })
    if (!made.ok) throw new Error(`The CRM answered ${made.status}.`)
    return made.json()
  },
}
const { answer } = await import(`./${name}.mjs`)
console.log(await answer({ client, crm, model: await MODELS[name](), prompt: `Refund ${order}.` }))
