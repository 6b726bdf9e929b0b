import { z } from 'zod'
import { OUTCOMES } from '@/lib/ledger/entry'

/** `GET /api/console/audit/new`: how many entries have come above one (`ent_…`) in a view of the list. */
export const newEntriesQuery = z.strictObject({
  after: z.string(),
  agent: z.string().optional(),
  outcome: z.enum(OUTCOMES).optional(),
})

export const newEntriesOutput = z.strictObject({
  count: z.int(),
  /** there are more than were counted */
  more: z.boolean(),
})
export type NewEntriesOutput = z.infer<typeof newEntriesOutput>
