import { handle } from '@/lib/http/handle'
import { rotaInput } from '@/lib/people/contract'
import { setRota } from '@/lib/people/set-rota'

/** Sets who is on call by turns. */
export const POST = handle(
  { permission: 'on_call.assign', input: rotaInput },
  ({ db, actor, input, now }) => setRota(db, actor, input, now),
  { then: (_, { page }) => page, say: () => ({ text: 'The rota is in force.' }) },
)
