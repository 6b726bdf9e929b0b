import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { editCheck } from '@/lib/decisions/change-scrutiny'
import { checkInput } from '@/lib/decisions/scrutiny-contract'
import { handle } from '@/lib/http/handle'

/** Changes something to look for, or takes it out of use. */
export const POST = handle(
  { permission: 'scrutiny.edit', input: checkInput, params: z.strictObject({ id: z.string() }) },
  async ({ db, actor, input, params }) => {
    await editCheck(db, actor, parsePublicId('check', params.id), input)
    return { id: params.id, active: input.active }
  },
  {
    then: () => paths.scrutiny(),
    say: ({ active }) => ({ text: active ? 'Saved.' : 'Saved. Nobody is asked to look for it any more.' }),
  },
)
