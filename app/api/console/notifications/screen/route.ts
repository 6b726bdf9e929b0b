import { handle } from '@/lib/http/handle'
import { takeScreen } from '@/lib/notify/take-screen'

/** Hands one's open screen what it is to show. A post, because what is handed out is handed to nobody else for a while. */
export const POST = handle({ permission: 'notification.choose', transaction: false }, ({ db, actor, now }) =>
  takeScreen(db, actor.id, now),
)
