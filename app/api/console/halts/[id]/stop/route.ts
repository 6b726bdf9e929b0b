import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { stopLiftInput } from '@/lib/halt/contract'
import { stopLift } from '@/lib/halt/stop-lift'
import { handle } from '@/lib/http/handle'

/** Ends a lift half way: what its stages let go is halted again when this has answered. One person, as for engaging (ADR 0042). */
export const POST = handle(
  {
    permission: 'halt.engage',
    input: stopLiftInput,
    params: z.strictObject({ id: z.string() }),
    transaction: false,
    urgent: true,
  },
  async ({ actor, input, params, now }): Promise<{ stopped: true }> => {
    await stopLift({ haltId: parsePublicId('halt', params.id), actor, now, reason: input.reason })
    return { stopped: true }
  },
  {
    then: (_, { params }) => paths.haltOf(params.id),
    say: () => ({ text: 'Halted again. Nothing of it is let go any more.' }),
  },
)
