import { z } from 'zod'
import { reasonSchema } from '@/lib/approvals/contract'

/** `POST /api/console/runs/{id}/stop`: halts the run and rejects all it asks. Why is required: it is every verdict's reason. */
export const stopRunInput = z.strictObject({ reason: reasonSchema.min(1, 'Say why.') })
export type StopRunInput = z.infer<typeof stopRunInput>
