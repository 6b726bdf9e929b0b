import { z } from 'zod'
import { readRequest } from '@/lib/decisions/read-inbox'
import type { RequestDetail } from '@/lib/decisions/request'
import { handle } from '@/lib/http/handle'

/** One request with everything needed to decide it; not found where the person who asks may not see it. */
export const GET = handle(
  { permission: 'console.read', params: z.strictObject({ id: z.string() }) },
  ({ db, actor, params, now }): Promise<RequestDetail> => readRequest(db, actor, params.id, now),
)
