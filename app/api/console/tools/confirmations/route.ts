import { fault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { confirmTool } from '@/lib/tools/confirm'
import { confirmManyInput } from '@/lib/tools/contract'

/** Confirms several tools, each as suggested. */
export const POST = handle(
  { permission: 'tool.confirm', input: confirmManyInput, transaction: false },
  async ({ db, actor, input }) => {
    if (input.id.length === 0) throw fault('invalid_request', { field: 'id', detail: 'Choose the tools to confirm.' })
    // One after the other: each takes the gate for itself, and one that fails leaves those before it confirmed.
    for (const { id, digest } of input.id) await confirmTool(db, actor, id, { digest })
    return { confirmed: input.id.length }
  },
  {
    then: () => paths.tools(),
    say: ({ confirmed }) => ({
      text: `${confirmed === 1 ? 'One class counts' : `${String(confirmed)} classes count`} from now on.`,
    }),
  },
)
