import { transaction } from '@/lib/db/client'
import type { UpstreamFailure } from '@/lib/upstreams/failure'
import { noteAside } from '@/lib/upstreams/note'
import type { Party } from './deps'

/** Notes how an upstream failed what no decision is about: a list, or a stream that is listened to. */
export async function noteFailure({ principal, upstream }: Party, failure: UpstreamFailure): Promise<void> {
  await transaction((tx) => noteAside(tx, principal.agentId, upstream, { failure, signals: [], masked: [] }))
}
