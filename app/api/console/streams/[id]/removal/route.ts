import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { streamParams } from '@/lib/notify/contract'
import { removeStream } from '@/lib/notify/move'

/** Ends a stream for good. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams },
  ({ db, actor, params, now }) => removeStream(db, actor, parsePublicId('stream', params.id), now),
  { then: () => paths.streams(), say: () => ({ text: 'The stream is removed. What it did stays in the ledger.' }) },
)
