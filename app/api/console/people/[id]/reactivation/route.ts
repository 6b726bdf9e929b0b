import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams, reasonInput } from '@/lib/people/contract'
import { reactivate } from '@/lib/people/reactivate'

/** Lets somebody in again, through the gate; whoever was a ciso without that role. */
export const POST = handle(
  { permission: 'person.reactivate', params: idParams, input: reasonInput, transaction: false },
  ({ actor, params, input, now }) => reactivate(actor, params.id, input.reason, now),
  {
    then: (_, { params }) => paths.person(publicId('person', params.id)),
    say: ({ waits }) => ({
      text: waits ? 'Active again, without the role of ciso: that waits for a ciso’s co-signature.' : 'Active again.',
    }),
  },
)
