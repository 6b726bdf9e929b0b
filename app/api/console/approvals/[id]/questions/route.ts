import { z } from 'zod'
import { questionInput } from '@/lib/approvals/contract'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { askQuestion } from '@/lib/decisions/ask'
import { handle } from '@/lib/http/handle'

/** Asks the agent of a held action something. */
export const POST = handle(
  { permission: 'approval.decide', input: questionInput, params: z.strictObject({ id: z.string() }) },
  async ({ db, actor, input: { text }, params, now }) => {
    const { id } = await askQuestion(db, { approvalId: parsePublicId('approval', params.id), actor, text, now })
    return { id: publicId('question', id) }
  },
  {
    then: (_, { params }) => `${paths.approval(params.id)}#questions`,
    say: () => ({ text: 'Asked. The answer appears here when its agent gives one.' }),
  },
)
