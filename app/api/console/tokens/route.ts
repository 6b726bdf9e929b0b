import { handle } from '@/lib/http/handle'
import { ofPersonQuery, tokenInput } from '@/lib/people/contract'
import { createToken } from '@/lib/people/create-token'
import { tokensOf } from '@/lib/people/read-own'

/** The living API tokens of a person, by default one's own. */
export const GET = handle(
  {
    permission: 'token.read',
    input: ofPersonQuery,
    subject: ({ actor, input }) => ({ personId: input.person ?? actor.id }),
  },
  async ({ db, actor, input, now }) => ({ tokens: await tokensOf(db, input.person ?? actor.id, now) }),
)

/** Makes a token for oneself, to read or also to draft boundaries; it is shown this once. */
export const POST = handle(
  { permission: 'token.create', input: tokenInput, subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, input, now }) => {
    const { id, token, expiresAt } = await createToken(db, actor, input, now)
    return { id, token, expires_at: expiresAt }
  },
  {
    then: (_, { page }) => page,
    say: ({ token }, { input }) => ({
      text: `Copy your token. It is shown only now.${input.scope === 'draft' ? ' It reads, and drafts the boundaries you may draft.' : ''}`,
      secret: token,
    }),
  },
)
