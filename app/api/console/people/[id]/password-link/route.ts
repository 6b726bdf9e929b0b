import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams, reasonInput } from '@/lib/people/contract'
import { reset } from '@/lib/people/reset'
import { sessionConfig } from '@/lib/people/session-config'

/** Makes a one-time link for somebody's new password, shown once; a ciso's waits for another ciso. */
export const POST = handle(
  { permission: 'person.reset', params: idParams, input: reasonInput },
  async ({ db, actor, params, input, now }) => {
    const { secret } = await reset(db, actor, params.id, input.reason, now)
    return { link: secret === undefined ? null : new URL(paths.newPassword(secret), sessionConfig().publicUrl).href }
  },
  {
    then: (_, { params }) => paths.person(publicId('person', params.id)),
    say: ({ link }) =>
      link === null
        ? { text: 'It waits for another ciso’s co-signature. The link will be shown to that ciso.' }
        : { text: 'Give them this link yourself. It works once, for 24 hours, and is shown only now.', secret: link },
  },
)
