import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { streamParams } from '@/lib/notify/contract'
import { renewSecret } from '@/lib/notify/edit-stream'

/** Makes a new signing secret for a webhook; it is in this answer and in no other. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams },
  ({ db, actor, params, now }) => renewSecret(db, actor, parsePublicId('stream', params.id), now),
  {
    then: (_, { params }) => paths.streamAt(params.id),
    say: ({ secret }) => ({
      text: 'This is the new secret, shown only now. For a day the old one signs as well.',
      secret,
    }),
  },
)
