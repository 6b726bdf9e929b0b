import { z } from 'zod'
import { verdictInput } from '@/lib/approvals/contract'
import { parsePublicId } from '@/lib/core/ids'
import { beginToAnswer } from '@/lib/decisions/answer-passkey'
import { handle } from '@/lib/http/handle'

/** What a passkey is asked to sign when a held action is answered with one. */
export const POST = handle(
  {
    permission: 'approval.decide',
    input: verdictInput,
    params: z.strictObject({ id: z.string() }),
    transaction: false,
  },
  ({ db, actor, input: { answer, reason, digest }, params, now }) =>
    beginToAnswer(db, {
      approvalId: parsePublicId('approval', params.id),
      actor,
      answer,
      reason,
      digest: Buffer.from(digest.slice('sha256:'.length), 'hex'),
      now,
    }),
)
