import { inboxQuery } from '@/lib/approvals/contract'
import { readInbox } from '@/lib/decisions/read-inbox'
import type { InboxView } from '@/lib/decisions/request'
import { handle } from '@/lib/http/handle'

/** What waits for a person, as the person who asks may see it: an owner without a role sees what their own agents ask. */
export const GET = handle(
  { permission: 'console.read', input: inboxQuery },
  ({ db, actor, input: { show, order, most }, now }): Promise<InboxView> =>
    readInbox(db, actor, now, { mine: show === 'mine', order, most }),
)
