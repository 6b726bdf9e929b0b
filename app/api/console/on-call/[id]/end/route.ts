import { handle } from '@/lib/http/handle'
import { endOnCall } from '@/lib/people/assign-on-call'
import { idParams } from '@/lib/people/contract'

/** Ends a shift now. */
export const POST = handle(
  { permission: 'on_call.assign', params: idParams },
  ({ db, actor, params, now }) => endOnCall(db, actor, params.id, now),
  { then: (_, { page }) => page, say: () => ({ text: 'The shift has ended.' }) },
)
