import { z } from 'zod'
import { acknowledge } from '@/lib/alerts/acknowledge'
import { acknowledgeInput } from '@/lib/alerts/contract'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Somebody looked at an alert and says what they made of it. */
export const POST = handle(
  { permission: 'alert.acknowledge', input: acknowledgeInput, params: z.strictObject({ id: z.string() }) },
  async ({ db, actor, input, params, now }) => {
    await acknowledge(db, parsePublicId('alert', params.id), actor.id, input.note, now)
    return { acknowledged: params.id }
  },
  { then: () => paths.alerts(), say: () => ({ text: 'Acknowledged. The next occurrence raises a new alert.' }) },
)
