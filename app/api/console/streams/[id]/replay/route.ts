import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { atIndexInput, streamParams } from '@/lib/notify/contract'
import { replayStream } from '@/lib/notify/move'

/** Sends again from an entry on. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams, input: atIndexInput },
  ({ db, actor, input, params, now }) => replayStream(db, actor, parsePublicId('stream', params.id), input.index, now),
  {
    then: (_, { params }) => paths.streamAt(params.id),
    say: (_, { input }) => ({ text: `It sends again from #${input.index} on.` }),
  },
)
