import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { inviteInput } from '@/lib/people/contract'
import { invite } from '@/lib/people/invite'
import { sessionConfig } from '@/lib/people/session-config'

/** Invites a colleague; their link is shown this once. */
export const POST = handle(
  { permission: 'person.invite', input: inviteInput },
  async ({ db, actor, input, now }) => {
    const { id, secret, expiresAt } = await invite(db, actor, input, now)
    return { id, link: new URL(paths.join(secret), sessionConfig().publicUrl).href, expires_at: expiresAt }
  },
  {
    then: () => paths.people(),
    say: ({ link }, { input }) => ({
      text: `Give ${input.name} this link yourself. It works once, for 72 hours, and is shown only now.`,
      secret: link,
    }),
  },
)
