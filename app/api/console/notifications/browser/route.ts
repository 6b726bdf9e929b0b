import { handle } from '@/lib/http/handle'
import { allowScreens } from '@/lib/notify/choose'

/** Notifications were allowed in a browser: everything is wanted there where nothing was said. */
export const POST = handle({ permission: 'notification.choose' }, ({ db, actor, now }) => allowScreens(db, actor, now))
