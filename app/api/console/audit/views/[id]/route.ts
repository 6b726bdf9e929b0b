import { changeView } from '@/lib/audit/change-view'
import { changeViewInput, viewParams } from '@/lib/audit/contract'
import { handle } from '@/lib/http/handle'

/** Renames a view, or shares it; the verb looks whose it is. */
export const POST = handle(
  {
    permission: 'view.change',
    input: changeViewInput,
    params: viewParams,
    subject: ({ actor }) => ({ personId: actor.id }),
  },
  async ({ db, actor, input, params }) => {
    await changeView(db, actor, params.id, input)
  },
  { then: (_, { page }) => page, say: (_, { input }) => ({ text: `It is now called “${input.name}”.` }) },
)
