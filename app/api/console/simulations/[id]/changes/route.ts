import { withheldFrom } from '@/lib/audit/withheld'
import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { changesQuery } from '@/lib/trials/contract'
import { readChanges, readSimulation } from '@/lib/trials/read'

/** The decisions a simulation found to be others, page by page, the newest first. */
export const GET = handle(
  // it is for whoever asked for it, who was asked for the permission then
  {
    permission: 'boundary.simulate',
    params: idParams,
    input: changesQuery,
    subject: ({ actor }) => ({ ownerId: actor.id }),
  },
  async ({ db, actor, params, input: { was, would, before } }) => {
    const simulation = await readSimulation(db, actor, params.id)
    const kind = was && would ? { was, would } : null
    return readChanges(db, simulation, kind, before ?? null, withheldFrom(db, actor.id))
  },
)
