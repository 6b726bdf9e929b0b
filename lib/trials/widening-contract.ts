import { z } from 'zod'

/** `POST /api/console/attention/widening`: of which agent, about which tool. */
export const wideningInput = z.strictObject({
  agent: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'Choose an agent.'),
  tool: z.string().min(1).max(200),
})
