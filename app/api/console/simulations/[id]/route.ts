import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { readSimulation } from '@/lib/trials/read'

/** How far a simulation is that one asked for, and what it came to. */
export const GET = handle(
  // it is for whoever asked for it, who was asked for the permission then
  { permission: 'boundary.simulate', params: idParams, subject: ({ actor }) => ({ ownerId: actor.id }) },
  ({ db, actor, params }) => readSimulation(db, actor, params.id),
)
