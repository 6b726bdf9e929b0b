// An agent on the OpenAI Agents SDK. What a person has to answer is an interruption of its run; `settle` waits for the answers.
import { Agent, run, tool } from '@openai/agents'
import { governedTools } from '@countersign/sdk/openai-agents'
import { z } from 'zod'

export const answer = ({ client, crm, model, prompt }) =>
  client.run(async (governed) => {
    const { govern, settle } = governedTools(governed)
    const parameters = z.object({ order: z.string(), amount: z.number() })
    const refund = tool({
      name: 'refund',
      description: 'Refunds an order',
      parameters,
      ...govern('crm.refund', crm.refund),
    })
    const agent = new Agent({ name: 'Support', tools: [refund], model })
    const { signal } = governed
    let result = await run(agent, prompt, { signal })
    for (; result.interruptions.length > 0; result = await run(agent, result.state, { signal })) await settle(result)
    return result.finalOutput
  })
