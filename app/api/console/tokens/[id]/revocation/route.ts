import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { revokeToken } from '@/lib/people/create-token'

/** Ends an API token at once; the verb looks whose it is. */
export const POST = handle(
  { permission: 'token.revoke', params: idParams, subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, params, now }) => {
    await revokeToken(db, actor, params.id, now)
  },
  { then: () => paths.tokens(), say: () => ({ text: 'The token no longer works.' }) },
)
