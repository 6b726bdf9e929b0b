import { handle } from '@/lib/http/handle'
import { overrideInput } from '@/lib/people/contract'
import { overrideRota } from '@/lib/people/set-rota'

/** Gives a day of the rota to somebody else, or back. */
export const POST = handle(
  { permission: 'on_call.assign', input: overrideInput },
  ({ db, actor, input, now }) => overrideRota(db, actor, { day: input.day, personId: input.takenBy ?? null }, now),
  { then: (_, { page }) => page, say: () => ({ text: 'Recorded.' }) },
)
