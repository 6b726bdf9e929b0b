import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams, reasonInput } from '@/lib/people/contract'
import { deactivate } from '@/lib/people/deactivate'

/** Deactivates somebody at once, through the gate; a ciso only once another ciso co-signed. */
export const POST = handle(
  {
    permission: 'person.deactivate',
    params: idParams,
    input: reasonInput,
    transaction: false,
    subject: ({ params }) => ({ personId: params.id }),
  },
  ({ actor, params, input, now }) => deactivate(actor, params.id, input.reason, now),
  {
    then: (_, { params }) => paths.person(publicId('person', params.id)),
    say: ({ waits }) => ({
      text: waits
        ? 'Nothing is changed yet: it waits for another ciso’s co-signature.'
        : 'Deactivated. Their sessions and tokens have ended, and the agents they own only read until somebody takes them over.',
    }),
  },
)
