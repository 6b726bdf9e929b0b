import { handle } from '@/lib/http/handle'
import { delegationInput } from '@/lib/people/contract'
import { beginDelegation } from '@/lib/people/delegate'
import { readDelegations } from '@/lib/people/read-delegations'

/** Who answers for the person asking while they are away, and for whom they do. */
export const GET = handle(
  { permission: 'delegation.read', subject: ({ actor }) => ({ personId: actor.id }) },
  ({ db, actor, now }) => readDelegations(db, actor.id, now),
)

/** Names who answers for the person asking. */
export const POST = handle(
  { permission: 'delegation.begin', input: delegationInput, subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, input, now }) => ({ id: await beginDelegation(db, actor, input, now) }),
  { then: (_, { page }) => page, say: () => ({ text: 'Recorded. They answer for you in that time.' }) },
)
