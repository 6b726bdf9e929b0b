import { z } from 'zod'
import { editInput } from '@/lib/approvals/contract'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { pool } from '@/lib/db/pool'
import { editAction } from '@/lib/decisions/edit'
import { handle } from '@/lib/http/handle'

/** Edits the arguments of a held action: another digest, which every verdict is on from then. */
export const POST = handle(
  {
    permission: 'approval.decide',
    input: editInput,
    params: z.strictObject({ id: z.string() }),
    // the gate is asked before the transaction
    transaction: false,
  },
  ({ db, actor, input: { digest, arguments: text }, params, now }) =>
    editAction(pool('app'), db, {
      approvalId: parsePublicId('approval', params.id),
      actor,
      digest: Buffer.from(digest.slice('sha256:'.length), 'hex'),
      text,
      now,
    }),
  {
    then: (_, { params }) => paths.approval(params.id),
    say: () => ({ text: 'Edited. Verdicts are on the edited arguments from now.' }),
  },
)
