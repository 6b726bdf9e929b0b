import { handle } from '@/lib/http/handle'
import { ofPersonQuery, tokenInput } from '@/lib/people/contract'
import { createToken } from '@/lib/people/create-token'
import { tokensOf } from '@/lib/people/read-own'

const SAYS = {
  read: '',
  draft: ' It reads, and drafts the boundaries you may draft.',
  halt: ' It engages halts and lists them, while you may; keep it where you will find it at night.',
} as const

/** The living API tokens of a person, by default one's own. */
export const GET = handle(
  {
    permission: 'token.read',
    input: ofPersonQuery,
    subject: ({ actor, input }) => ({ personId: input.person ?? actor.id }),
  },
  async ({ db, actor, input, now }) => ({ tokens: await tokensOf(db, input.person ?? actor.id, now) }),
)

/** Makes a token for oneself, to read, also to draft boundaries, or to engage halts alone; it is shown this once. */
export const POST = handle(
  { permission: 'token.create', input: tokenInput, subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, input, now }) => {
    const { id, token, expiresAt } = await createToken(db, actor, input, now)
    return { id, token, expires_at: expiresAt }
  },
  {
    then: (_, { page }) => page,
    say: ({ token }, { input }) => ({
      text: `Copy your token. It is shown only now.${SAYS[input.scope]}`,
      secret: token,
    }),
  },
)
