import { z } from 'zod'
import { lookingInput } from '@/lib/approvals/contract'
import { look } from '@/lib/approvals/look'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** That the person who is signed in looks at a request, takes it, releases it, or leaves it: a courtesy, never a verdict. */
export const POST = handle(
  { permission: 'approval.decide', input: lookingInput, params: z.strictObject({ id: z.string() }) },
  ({ db, actor, input, params, now }) =>
    look(db, { approvalId: parsePublicId('approval', params.id), actor, act: input.act, now }),
  { then: (_, { params }) => paths.approval(params.id) },
)
