import { startHearing } from '@/lib/db/bus'
import { poolUrl } from '@/lib/db/pool'
import type { Background } from '@/lib/gateway/server/background'

/** The one connection of this process that hears NOTIFY; everybody who waits or streams is told by it. */
export const hearing: Background = {
  name: 'notifications',
  start: ({ onError }) => Promise.resolve(startHearing(poolUrl('reserved'), onError)),
}
