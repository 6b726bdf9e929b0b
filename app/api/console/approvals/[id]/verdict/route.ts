import { z } from 'zod'
import { verdictInput, type VerdictOutput } from '@/lib/approvals/contract'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { transaction } from '@/lib/db/client'
import { answerAction } from '@/lib/decisions/answer'
import { takeAnswer } from '@/lib/decisions/answer-passkey'
import { lookedAt } from '@/lib/decisions/read-scrutiny'
import { handle } from '@/lib/http/handle'

/** One person's verdict on a held action, on exactly what they saw. */
export const POST = handle(
  {
    permission: 'approval.decide',
    input: verdictInput,
    params: z.strictObject({ id: z.string() }),
    // the challenge of a passkey is spent whatever becomes of its answer, and so before the transaction
    transaction: false,
  },
  async ({ db, actor, input, params, now }): Promise<VerdictOutput> => {
    const { answer, digest, reason, assertion, looked = [] } = input
    const passkey = await takeAnswer(db, actor.id, assertion)
    const { approval, status, verdicts, told } = await transaction(async (tx) =>
      answerAction(tx, {
        approvalId: parsePublicId('approval', params.id),
        actor,
        answer,
        reason,
        digest: Buffer.from(digest.slice('sha256:'.length), 'hex'),
        now,
        passkey,
        looked: await lookedAt(tx, looked),
      }),
    )
    return {
      id: params.id,
      kind: approval.kind,
      status,
      seats: approval.seats,
      approvals: verdicts.filter((one) => one.answer === 'approve').length,
      ...(told && { told: { found: told.found, says: told.says } }),
    }
  },
  {
    then: (_, { params }) => paths.approval(params.id),
    say: ({ status, told }) => ({
      text: told ? told.says : status === 'pending' ? 'Recorded. Another person has to answer, too.' : 'Recorded.',
    }),
  },
)
