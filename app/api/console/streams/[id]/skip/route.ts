import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { atIndexInput, streamParams } from '@/lib/notify/contract'
import { skipEntry } from '@/lib/notify/move'

/** Goes on without the one entry a failing stream stands before. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams, input: atIndexInput },
  ({ db, actor, input, params, now }) => skipEntry(db, actor, parsePublicId('stream', params.id), input.index, now),
  {
    then: (_, { params }) => paths.streamAt(params.id),
    say: (_, { input }) => ({ text: `It goes on without #${input.index}.` }),
  },
)
