import { saveViewInput } from '@/lib/audit/contract'
import { saveView } from '@/lib/audit/save-view'
import { handle } from '@/lib/http/handle'

/** Keeps a view of the audit for oneself, or for everybody. */
export const POST = handle(
  { permission: 'view.save', input: saveViewInput, subject: ({ actor }) => ({ personId: actor.id }) },
  ({ db, actor, input, now }) => saveView(db, actor, input, now),
  { then: (_, { page }) => page, say: (_, { input }) => ({ text: `Kept as “${input.name}”.` }) },
)
