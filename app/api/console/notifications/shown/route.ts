import { handle } from '@/lib/http/handle'
import { shownInput } from '@/lib/notify/notification-contract'
import { markShown } from '@/lib/notify/take-screen'

/** A screen says what it showed. */
export const POST = handle({ permission: 'notification.choose', input: shownInput }, ({ db, actor, input, now }) =>
  markShown(db, actor.id, input.ids, now),
)
