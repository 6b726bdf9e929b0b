// An agent on the Vercel AI SDK. What was not allowed is an error of its tool, which the model reads; a halt ends the generation.
import { generateText, stepCountIs, tool } from 'ai'
import { guard } from '@countersign/sdk'
import { z } from 'zod'

export const answer = ({ client, crm, model, prompt }) =>
  client.run(async (run) => {
    const inputSchema = z.object({ order: z.string(), amount: z.number() })
    const refund = tool({
      description: 'Refunds an order',
      inputSchema,
      execute: guard(client, 'crm.refund', crm.refund, { run }),
    })
    const { text } = await generateText({
      model,
      prompt,
      tools: { refund },
      stopWhen: stepCountIs(5),
      abortSignal: run.signal,
    })
    return text
  })
