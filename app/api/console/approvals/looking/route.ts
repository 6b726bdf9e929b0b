import { readLooking } from '@/lib/decisions/read-looking'
import type { LookingView } from '@/lib/decisions/request'
import { handle } from '@/lib/http/handle'

/** Who looks at which request, of those that the person who asks may see. */
export const GET = handle({ permission: 'console.read' }, ({ db, actor, now }): Promise<LookingView> =>
  readLooking(db, actor, now),
)
