import { signInput, versionParams } from '@/lib/boundary/contract'
import { versionOf } from '@/lib/boundary/read'
import { beginToSign } from '@/lib/boundary/signed-with'
import { handle } from '@/lib/http/handle'

/** What a passkey is asked to sign when a draft of the organisation's baseline is put in force. */
export const POST = handle(
  {
    permission: 'baseline.sign',
    params: versionParams.omit({ slug: true }),
    input: signInput,
    subject: async ({ db, params }) => ({ drafterId: (await versionOf(db, null, params.version)).draftedBy }),
    transaction: false,
  },
  ({ db, actor, params, input, now }) => beginToSign(db, actor, null, params.version, input, now),
)
