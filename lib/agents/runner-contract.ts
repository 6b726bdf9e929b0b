import { z } from 'zod'

/** `POST /api/console/agents/{slug}/runners`: a person enrols the public key of a runner. */
export const runnerInput = z.strictObject({
  name: z.string().trim().min(1, 'Say which machine or service it is.').max(100),
  key: z.string().trim().min(1, 'Paste the public key.').max(1_000),
})

/** A runner of an agent in a URL of the console. */
export const runnerParams = z.strictObject({ slug: z.string().max(63), id: z.string().max(64) })
