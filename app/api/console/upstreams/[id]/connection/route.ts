import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { connectUpstream } from '@/lib/upstreams/connect'
import { connectInput } from '@/lib/upstreams/contract'
import { upstreamSubject } from '@/lib/upstreams/read'

/** Signs for a server that was proposed, in one's own name: from now on agents may be let to it. */
export const POST = handle(
  {
    permission: 'upstream.connect',
    params: z.strictObject({ id: z.string().max(60) }),
    input: connectInput,
    subject: ({ db, params }) => upstreamSubject(db, parsePublicId('upstream', params.id, 'id')),
    transaction: false,
  },
  ({ db, actor, params, input }) =>
    connectUpstream(db, actor, parsePublicId('upstream', params.id, 'id'), input.digest),
  {
    then: ({ name }) => paths.upstream(name),
    say: ({ name }) => ({ text: `${name} is connected. Agents whose boundary reaches it may call it.` }),
  },
)
