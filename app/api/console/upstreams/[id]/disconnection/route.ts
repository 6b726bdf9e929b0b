import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { disconnectUpstream } from '@/lib/upstreams/connect'
import { disconnectInput } from '@/lib/upstreams/contract'
import { upstreamSubject } from '@/lib/upstreams/read'

/** Disconnects a server, or withdraws one that waits: what runs there is broken off. */
export const POST = handle(
  {
    permission: 'upstream.disconnect',
    params: z.strictObject({ id: z.string().max(60) }),
    input: disconnectInput,
    subject: ({ db, params }) => upstreamSubject(db, parsePublicId('upstream', params.id, 'id')),
    transaction: false,
  },
  ({ db, actor, params, input }) =>
    disconnectUpstream(db, actor, parsePublicId('upstream', params.id, 'id'), input.reason),
  {
    then: ({ name }) => paths.upstream(name),
    say: ({ name }) => ({ text: `${name} is disconnected. Nothing of agents reaches it any more.` }),
  },
)
