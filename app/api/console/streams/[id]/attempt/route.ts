import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { streamParams } from '@/lib/notify/contract'
import { retryStream } from '@/lib/notify/move'

/** Tries a failing stream at once. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams },
  ({ db, params }) => retryStream(db, parsePublicId('stream', params.id)),
  { then: (_, { params }) => paths.streamAt(params.id), say: () => ({ text: 'It is tried now.' }) },
)
