import { z } from 'zod'
import { noteShown } from '@/lib/decisions/note-shown'
import { readRequest } from '@/lib/decisions/read-inbox'
import type { RequestDetail } from '@/lib/decisions/request'
import { handle } from '@/lib/http/handle'

/** One request with everything needed to decide it; not found where the person who asks may not see it. */
export const GET = handle(
  { permission: 'console.read', params: z.strictObject({ id: z.string() }) },
  async ({ db, actor, params, now }): Promise<RequestDetail> => {
    const request = await readRequest(db, actor, params.id, now)
    await noteShown(db, actor, request)
    return request
  },
)
