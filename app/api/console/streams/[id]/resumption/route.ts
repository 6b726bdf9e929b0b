import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { streamParams } from '@/lib/notify/contract'
import { resumeStream } from '@/lib/notify/move'

/** Sends again, from where it stands. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams },
  ({ db, actor, params, now }) => resumeStream(db, actor, parsePublicId('stream', params.id), now),
  { then: (_, { params }) => paths.streamAt(params.id), say: () => ({ text: 'The stream sends again.' }) },
)
