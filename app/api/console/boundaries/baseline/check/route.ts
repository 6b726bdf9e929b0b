import { check } from '@/lib/boundary/check'
import { checkInput } from '@/lib/boundary/contract'
import { handle } from '@/lib/http/handle'

/** What is wrong with a text for the baseline, as saving it would say. Reads only; nothing of it is kept. */
export const POST = handle(
  { permission: 'boundary.test', input: checkInput, transaction: false },
  async ({ db, input }) => check(db, null, input.source),
)
