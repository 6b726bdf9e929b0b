import { lapseInput } from '@/lib/boundary/contract'
import { setLapse } from '@/lib/boundary/set-lapse'
import { handle } from '@/lib/http/handle'

/** Says what becomes of an agent that lapsed, and how many days before people are told. */
export const POST = handle(
  { permission: 'lapse.set', input: lapseInput, transaction: false },
  ({ db, actor, input }) => setLapse(db, actor, input),
  { then: (_, { page }) => page, say: () => ({ text: 'Saved. It holds for every answer from now on.' }) },
)
