import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { cancelSimulation } from '@/lib/trials/ask'

/** Ends a simulation that one asked for; nothing of it is kept. */
export const POST = handle(
  // it is for whoever asked for it, who was asked for the permission then
  { permission: 'boundary.simulate', params: idParams, subject: ({ actor }) => ({ ownerId: actor.id }) },
  ({ db, actor, params, now }) => cancelSimulation(db, actor, params.id, now),
  { then: (_, { page }) => page, say: () => ({ text: 'It is cancelled, and nothing of it is kept.' }) },
)
