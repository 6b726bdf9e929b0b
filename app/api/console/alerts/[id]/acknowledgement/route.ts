import { z } from 'zod'
import { acknowledge } from '@/lib/alerts/acknowledge'
import { alertOwner } from '@/lib/alerts/read'
import { acknowledgeInput } from '@/lib/alerts/contract'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Somebody looked at an alert and says what they made of it. */
export const POST = handle(
  {
    permission: 'alert.acknowledge',
    input: acknowledgeInput,
    params: z.strictObject({ id: z.string() }),
    subject: async ({ db, params }) => ({ ownerId: await alertOwner(db, parsePublicId('alert', params.id)) }),
  },
  async ({ db, actor, input, params, now }) => {
    await acknowledge(db, parsePublicId('alert', params.id), actor.id, input.note, now)
    return { acknowledged: params.id }
  },
  { then: () => paths.alerts(), say: () => ({ text: 'Acknowledged. The next occurrence raises a new alert.' }) },
)
