import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { streamParams } from '@/lib/notify/contract'
import { pauseStream } from '@/lib/notify/move'

/** Stops sending until somebody resumes it. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams },
  ({ db, actor, params, now }) => pauseStream(db, actor, parsePublicId('stream', params.id), now),
  {
    then: (_, { params }) => paths.streamAt(params.id),
    say: () => ({ text: 'The stream is paused. It goes on where it stands once you resume it.' }),
  },
)
