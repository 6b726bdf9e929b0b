import { signInput, versionParams } from '@/lib/boundary/contract'
import { versionOf } from '@/lib/boundary/read'
import { sign } from '@/lib/boundary/sign'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Signs a draft of the organisation's baseline in one's own name. */
export const POST = handle(
  {
    permission: 'baseline.sign',
    params: versionParams.omit({ slug: true }),
    input: signInput,
    subject: async ({ db, params }) => ({ drafterId: (await versionOf(db, null, params.version)).draftedBy }),
    transaction: false,
  },
  ({ db, actor, params, input, now }) => sign(db, actor, null, params.version, input, now),
  {
    then: (_, { params }) => paths.boundary(BASELINE_SLUG, params.version),
    say: (_, { params }) => ({
      text: `Version ${String(params.version)} is signed, and applies to every agent from this moment.`,
    }),
  },
)
