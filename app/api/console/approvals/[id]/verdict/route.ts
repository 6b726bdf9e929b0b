import { z } from 'zod'
import { verdictInput, type VerdictOutput } from '@/lib/approvals/contract'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { answerAction } from '@/lib/decisions/answer'
import { handle } from '@/lib/http/handle'

/** One person's verdict on a held action, on exactly what they saw. */
export const POST = handle(
  { permission: 'approval.decide', input: verdictInput, params: z.strictObject({ id: z.string() }) },
  async ({ db, actor, input, params, now }): Promise<VerdictOutput> => {
    const { answer, digest, reason } = input
    const { approval, status, verdicts } = await answerAction(db, {
      approvalId: parsePublicId('approval', params.id),
      actor,
      answer,
      reason,
      digest: Buffer.from(digest.slice('sha256:'.length), 'hex'),
      now,
    })
    return {
      id: params.id,
      kind: approval.kind,
      status,
      seats: approval.seats,
      approvals: verdicts.filter((one) => one.answer === 'approve').length,
    }
  },
  {
    then: (_, { params }) => paths.approval(params.id),
    say: ({ status }) => ({
      text: status === 'pending' ? 'Recorded. Another person has to answer, too.' : 'Recorded.',
    }),
  },
)
