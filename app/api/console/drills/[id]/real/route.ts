import { z } from 'zod'
import { fault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { pool } from '@/lib/db/pool'
import { drillRealInput } from '@/lib/halt/drill-contract'
import { haltOfDrill, makeReal } from '@/lib/halt/make-real'
import { handle } from '@/lib/http/handle'

/** Says that what a live drill halted is an emergency: it stays halted, until two people lift it. */
export const POST = handle(
  {
    permission: 'halt.engage',
    input: drillRealInput,
    params: z.strictObject({ id: z.string() }),
    transaction: false,
    urgent: true,
  },
  async ({ actor, input, params }) => {
    const haltId = await haltOfDrill(pool('reserved'), parsePublicId('drill', params.id))
    const stands = await makeReal({ haltId, by: actor.id, reason: input.reason }, pool('reserved'))
    if (stands === 'lifted')
      throw fault('wrong_state', { detail: 'It was lifted already. Engage a halt if agents have to stop.' })
    return { status: 'kept' }
  },
  {
    then: (_, { params }) => paths.drill(params.id),
    say: () => ({ text: 'It stays halted, until two people lift it.' }),
  },
)
