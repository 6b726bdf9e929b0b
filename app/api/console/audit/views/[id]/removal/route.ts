import { removeView } from '@/lib/audit/change-view'
import { viewParams } from '@/lib/audit/contract'
import { handle } from '@/lib/http/handle'

/** Removes a view; the verb looks whose it is. */
export const POST = handle(
  { permission: 'view.change', params: viewParams, subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, params }) => {
    await removeView(db, actor, params.id)
  },
  { then: (_, { page }) => page, say: () => ({ text: 'The view is gone. What it showed is not.' }) },
)
