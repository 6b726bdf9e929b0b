import { handle } from '@/lib/http/handle'
import { assignOnCall } from '@/lib/people/assign-on-call'
import { shiftInput } from '@/lib/people/contract'
import { listShifts } from '@/lib/people/read-on-call'

/** Who is on call now, and next. */
export const GET = handle({ permission: 'on_call.read' }, async ({ db, now }) => ({
  shifts: await listShifts(db, now),
}))

/** Puts somebody on call. */
export const POST = handle(
  { permission: 'on_call.assign', input: shiftInput },
  async ({ db, actor, input, now }) => ({ id: await assignOnCall(db, actor, input, now) }),
  { then: (_, { page }) => page, say: () => ({ text: 'On call, as you said.' }) },
)
