import { z } from 'zod'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { confirmTool } from '@/lib/tools/confirm'
import { confirmInput } from '@/lib/tools/contract'

/** Confirms, in one's own name, what a tool does. */
export const POST = handle(
  {
    permission: 'tool.confirm',
    params: z.strictObject({ id: z.uuid() }),
    input: confirmInput,
    transaction: false,
  },
  ({ db, actor, params, input: { surface, digest, ...said } }) =>
    confirmTool(db, actor, params.id, { class: said, surface, digest: digest ?? null }),
  {
    then: (_, { params }) => paths.tool(publicId('tool', params.id)),
    say: ({ tool }) => ({ text: `The class of ${tool} counts from now on.` }),
  },
)
