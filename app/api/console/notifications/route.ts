import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { choose } from '@/lib/notify/choose'
import { choiceInput } from '@/lib/notify/notification-contract'

/** Says what one wants to hear, all of it. */
export const POST = handle(
  { permission: 'notification.choose', input: choiceInput },
  async ({ db, actor, input, now }) => {
    await choose(db, actor, input, now)
  },
  { then: () => paths.notifications(), say: () => ({ text: 'Your choice is kept.' }) },
)
